"""What we remember: SQLAlchemy Core, on SQLite and PostgreSQL by the same code."""
