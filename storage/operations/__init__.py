"""Operations: heartbeats, the database mark that tells a restored backup, and figures of the service."""
