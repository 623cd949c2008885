"""Show what QFA does: start the real service, send it the sample corpus over HTTP, print the answers."""
