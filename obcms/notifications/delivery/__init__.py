"""The way of a mail from the outbox to the server, one step a transaction."""
