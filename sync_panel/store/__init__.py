"""What is kept: SQLite, and all the SQL there is. Functions take an open transaction and return dataclasses."""
