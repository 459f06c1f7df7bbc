"""News as plain values: what may be told, to whom it is due, and when a mail is tried again."""
