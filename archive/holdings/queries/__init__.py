"""Reads about the holdings, by what is asked."""
