"""The database: session, column types, how connections behave, writes of many rows."""
