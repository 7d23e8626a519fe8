"""What is true of pledges and reviews - pure."""
