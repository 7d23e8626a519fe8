"""What an actor sees of volunteers and their service, as rows."""
