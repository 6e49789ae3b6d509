"""Access: sign-in, invitations, the second factor, one's own account, and other users."""
