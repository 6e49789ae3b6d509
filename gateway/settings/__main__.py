"""`python -m gateway.settings > docs/operators/settings.md`."""

import sys

from gateway.settings.loader import page

sys.stdout.write(page())
