"""Jobs: admission, the reconciler, the agent's door, and the engines."""
