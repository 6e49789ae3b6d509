"""Site: what every page shares: the guard, headers, titles, languages, errors, and the draft in an address."""
