"""Messages: text rendered and put in the outbox, and questions open by SMS."""
