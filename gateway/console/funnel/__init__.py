"""The funnel: how far callers get in a live flow, where they leave, and what they type that is not understood."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("funnel", __name__)

from gateway.console.funnel import pages  # noqa: E402  # its views need the blueprint
from gateway.console.funnel.asking import lately, stages  # noqa: E402

__all__ = ["blueprint", "lately", "pages", "stages"]
