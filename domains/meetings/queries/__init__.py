"""What an actor sees of bodies and meetings. Reads do not refuse; they do not see."""
