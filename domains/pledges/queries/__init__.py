"""What an actor sees of pledges and reviews."""
