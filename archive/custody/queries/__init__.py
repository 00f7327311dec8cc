"""Reads of the custody of invoices: they change nothing."""
