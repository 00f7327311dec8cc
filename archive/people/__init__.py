"""Persons, appointments, sign-in."""
