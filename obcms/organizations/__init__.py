"""The ministries, offices and agencies (MOAs)."""
