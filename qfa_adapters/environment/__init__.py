"""Keys that the deployment's settings hold."""
