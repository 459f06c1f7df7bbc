"""The demonstration data: the real PPAs of the FY2025 appropriations act."""
