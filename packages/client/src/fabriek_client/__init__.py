"""Fabriek's command line and Python SDK."""
