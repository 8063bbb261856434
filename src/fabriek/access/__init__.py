"""Access modes, applications and their review, projects with their members, allocations."""
