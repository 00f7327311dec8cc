"""Reads about deliveries."""
