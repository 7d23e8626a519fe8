"""What a day or a week came to, for who lives in a community and for who keeps it."""
