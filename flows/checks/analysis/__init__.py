"""Analysis: what several checks share: findings, the catalogue of codes, texts, variables and their possible values."""
