"""Fabriek's agent: runs one attempt of one job on a compute node."""
