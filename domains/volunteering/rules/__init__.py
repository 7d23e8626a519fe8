"""What is true of volunteers and their service. Pure."""
