"""The life of a flow and its drafts: copied, looked at, published, compared, brought back, and led to by codes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lifecycle", __name__)
