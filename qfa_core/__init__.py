"""QFA core: qualitative feedback analysis as a pure library."""

__version__ = "0.1.0"
