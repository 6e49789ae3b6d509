"""Acts: one citizen hop, one SMS, one officer's move, one sweep. The only room that opens a transaction."""
