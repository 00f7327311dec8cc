"""Reads about customers, by what is asked."""
