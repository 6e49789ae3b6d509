"""What a WSGI server loads: `granian --interface wsgi wsgi:app`."""

import sys

from gateway.app import create_app
from gateway.config import Config, ConfigError

try:
    app = create_app(Config.from_env())
except ConfigError as error:
    sys.exit(str(error))
