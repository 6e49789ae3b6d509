"""The life of a flow and its drafts: copied, looked at, published, compared, brought back, and led to by codes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lifecycle", __name__)

from gateway.console.lifecycle import appointments, codes, draft, flow, home, publish, revisions, update  # noqa: E402 - they add views

__all__ = ["appointments", "blueprint", "codes", "draft", "flow", "home", "publish", "revisions", "update"]
