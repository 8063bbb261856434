"""People, organisations, memberships, and the tokens they act with."""
