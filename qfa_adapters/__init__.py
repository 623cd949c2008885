"""Adapters: the ports, on one technology a package."""
