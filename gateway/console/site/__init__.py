"""Site: what every page shares: the guard, sessions, headers, languages, errors, and the draft in an address."""
