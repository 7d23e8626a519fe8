"""What is due on the exchange. Late, twice or on two machines: the same result."""
