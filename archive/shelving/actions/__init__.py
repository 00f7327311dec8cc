"""Verbs of the storeroom, by noun."""
