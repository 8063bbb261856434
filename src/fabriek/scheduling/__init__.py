"""Pure scheduling policy: what may start now, and when the rest may expect to."""
