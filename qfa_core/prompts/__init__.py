"""Prompts: pure functions from structs to what a language model is asked."""
