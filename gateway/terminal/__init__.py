"""Terminal: what commands share: errors in one line, arguments, findings as text."""
