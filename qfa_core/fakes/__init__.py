"""Fakes of the ports, shipped for tests of ours and of others."""
