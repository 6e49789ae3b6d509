"""What a server loads in a checkout: `wsgi:hooks`, `wsgi:console` or `wsgi:app`, as in gateway/wsgi.py."""

from gateway.wsgi import __getattr__ as __getattr__
