"""What happened to promises and their reviews: ids, states and days, never personal data."""
