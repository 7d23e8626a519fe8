"""What happened in volunteering: ids, states and days, never personal data."""
