"""Reads about the storeroom."""
