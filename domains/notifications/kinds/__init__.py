"""Kinds of notices, declared: what a kind is, one module a domain, and their registry."""
