"""What the exchange refuses, by noun."""
