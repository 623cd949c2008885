"""The ports: what the core asks of the outside, in the words of the domain."""
