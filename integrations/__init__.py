"""What stands around QFA: sample data, and a demonstration over HTTP."""
