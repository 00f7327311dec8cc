"""The verbs of the custody of invoices, one module per noun."""
