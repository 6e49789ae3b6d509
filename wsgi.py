"""What a WSGI server loads in a checkout: `granian --interface wsgi wsgi:app`."""

from gateway.wsgi import app

__all__ = ["app"]
