"""Pages for whoever runs the factory. To everybody else they are not there."""
