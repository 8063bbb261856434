"""The pages: mounts the rooms' pages, and has those that are about several rooms at once."""
