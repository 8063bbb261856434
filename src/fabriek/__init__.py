"""Fabriek: the software that runs an AI factory."""
