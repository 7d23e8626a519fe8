"""What may be done on the exchange: commands, one transaction each."""
