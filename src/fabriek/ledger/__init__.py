"""Accounts, holds and entries: a right is held, then settled or released."""
