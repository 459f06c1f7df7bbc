"""What people are told: the outbox of mails, each user's inbox, and what they want of it."""
