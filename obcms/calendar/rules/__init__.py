"""The region's calendar on plain values: no database is needed for any of it."""
