"""What is true of templates, choices and quiet hours: pure."""
