"""The commands of volunteering: each one transaction, checks, changes, what happened."""
