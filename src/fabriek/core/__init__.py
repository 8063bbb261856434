"""What every room leans on: problems, audit, outgoing mail, names, the clock."""
