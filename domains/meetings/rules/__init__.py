"""What is true of bodies and meetings. Pure."""
