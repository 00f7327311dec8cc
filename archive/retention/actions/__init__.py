"""Verbs of retention, by noun."""
