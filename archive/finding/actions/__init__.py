"""Verbs of searching."""
