"""Staff: people, offices and their areas, sign-in, roles and invitations."""
