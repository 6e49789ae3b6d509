"""The transparency log: a Merkle tree over every step and audit entry, in files that show what was changed since."""
