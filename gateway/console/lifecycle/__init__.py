"""The life of a flow and its drafts: copied, looked at, published, compared, brought back, and led to by codes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lifecycle", __name__)

from gateway.console.lifecycle import appointments, codes, counting, draft, flow, home, publish, revisions  # noqa: E402, I001 - they add views
from gateway.console.lifecycle import update  # noqa: E402 - it does, too

__all__ = ["appointments", "blueprint", "codes", "counting", "draft", "flow", "home", "publish", "revisions", "update"]
