"""The access blueprint itself; its views are in the other modules of this folder."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("access", __name__)
