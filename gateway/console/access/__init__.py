"""Getting in and out of the console: signing in, invitations, the second factor, one's own account."""

from gateway.console.access import account, entering, joining, openid
from gateway.console.access.doors import blueprint

__all__ = ["account", "blueprint", "entering", "joining", "openid"]
