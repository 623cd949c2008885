"""Traces, metrics and logs by OpenTelemetry: names, numbers and ids, never a text."""
