"""Running OBCMS on a machine: `flask up` and `/health/`."""
