"""Measurements beside their yardsticks, in one run."""
