"""What happened on the exchange: ids, states and times, never personal data."""
