"""Connections to PostgreSQL, through psycopg and its pool."""
