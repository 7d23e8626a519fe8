"""What is true of needs, orders and ratings. Pure: no database, no clock."""
