"""Publishing: revisions made live, short codes routed to flows, and published flows kept in memory."""
