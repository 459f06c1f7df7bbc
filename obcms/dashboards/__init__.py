"""Where the portfolio stands, on the first page."""
