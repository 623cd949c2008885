"""Finding the names and numbers that identify people."""
