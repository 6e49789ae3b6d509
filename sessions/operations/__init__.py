"""Operations: the sweep, the clocks of cases, screen counts, alarms and the status of the service."""
