"""Who is told: pages of addressees by person, each with the reason."""
