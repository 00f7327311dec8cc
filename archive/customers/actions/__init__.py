"""Verbs about customers, by noun."""
