"""`python -m gateway.settings > docs/settings.md`."""

import sys

from gateway.settings.loader import page

sys.stdout.write(page())
