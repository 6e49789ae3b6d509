"""The phone: a call played beside the screen that is being written or on its own page, and kept as a scripted call."""

from __future__ import annotations

from gateway.console.phone.drawing import Phone, drawn
from gateway.console.phone.pages import blueprint

__all__ = ["Phone", "blueprint", "drawn"]
