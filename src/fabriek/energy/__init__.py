"""Node kinds and what they draw: figures for energy, always with their source."""
