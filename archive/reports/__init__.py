"""Reads that cross capabilities: the trail."""
