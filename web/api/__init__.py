"""The same verbs as JSON under ``/api/v1``."""
