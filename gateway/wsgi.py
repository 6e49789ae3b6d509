"""What a WSGI server loads: `granian --interface wsgi gateway.wsgi:app`. In a checkout `wsgi:app` is the same."""

import sys

from gateway.app import create_app
from gateway.settings.loader import ConfigError, load_config

try:
    app = create_app(load_config())
except ConfigError as error:
    sys.exit(str(error))
