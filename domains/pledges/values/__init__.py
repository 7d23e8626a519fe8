"""Pledges' words: closed lists and small frozen shapes that database, rules and schema share."""
