"""Access: sign-in, invitations, the second factor, the user's own account, and other users."""
