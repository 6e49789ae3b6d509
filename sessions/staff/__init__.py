"""Staff: who works here, offices and their areas, sign-in, roles and invitations."""
