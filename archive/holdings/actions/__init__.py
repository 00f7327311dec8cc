"""Verbs about the holdings, by noun."""
