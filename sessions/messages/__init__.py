"""Messages: renders texts and puts them in the outbox, and keeps the questions that are open by SMS."""
