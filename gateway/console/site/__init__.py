"""Site: what every page shares: the guard, sessions, headers, languages, errors, the draft an address names."""
