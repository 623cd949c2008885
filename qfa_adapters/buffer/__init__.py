"""Usage written behind the request."""
