"""Where jobs run: one contract, and an adapter for each kind of place. No Django here."""
