"""What waits to go out, and what users find in their inboxes."""
