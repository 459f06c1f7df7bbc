"""When an alert is raised, changes its level and closes, on plain values."""
