"""What a project used, made and has left: reads everything, writes nothing."""
