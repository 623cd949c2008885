"""Language models over HTTP, and the offline stand-in."""
