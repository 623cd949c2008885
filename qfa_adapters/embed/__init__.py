"""Texts into vectors: models that run on this machine."""
