"""Fabriek's encrypted chunk format: files become chunk objects and a signed manifest."""
