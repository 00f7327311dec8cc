"""Verbs about deliveries."""
