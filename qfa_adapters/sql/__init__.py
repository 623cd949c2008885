"""Usage, tenants and keys in a SQL database, through SQLAlchemy Core."""
