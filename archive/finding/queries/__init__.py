"""Reads for whoever searches."""
