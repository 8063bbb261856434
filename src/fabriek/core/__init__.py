"""What every room leans on: problems, audit, outgoing mail, names, quantities, the clock."""
