"""Meetings' commands: each one transaction, checks, changes, and what happened."""
