"""Files of the ledger: an act's table."""
