"""Operations: the sweep, case clocks, screen counts, alarms and the status of the service."""
