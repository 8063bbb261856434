"""The factory as it runs: settings, the web process, the worker, and the command fabriek-server."""
