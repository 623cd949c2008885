"""Use cases: one class, one async call, each."""
