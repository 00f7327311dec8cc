"""Reads about retention, by noun."""
