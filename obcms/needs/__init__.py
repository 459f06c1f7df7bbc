"""What communities need: assessments."""
