"""Words: the numbers, keys, yes and no that texts say, in the languages that flows are written in."""
