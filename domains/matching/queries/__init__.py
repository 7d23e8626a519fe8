"""What an actor sees of the exchange: rows, and batches for loaders."""
