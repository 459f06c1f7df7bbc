"""Programs, projects and activities: what the appropriations act funds (SPEC 2)."""
