"""What a user name and a password may be, on plain values."""
