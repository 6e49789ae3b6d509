"""Access: sign-in, invitations, the second factor and one's own account."""
