"""The funnel: how far callers get in a live flow, where they leave, and what they type that is not understood."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("funnel", __name__)
