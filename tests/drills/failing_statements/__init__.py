"""Every statement of every job fails once, and the process is killed at each once (SPEC 10)."""
