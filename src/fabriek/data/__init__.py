"""Datasets, versions, the vault."""
