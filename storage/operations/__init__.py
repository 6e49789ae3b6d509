"""Operations: heartbeats, the mark that reveals a restored backup, and figures about the service."""
