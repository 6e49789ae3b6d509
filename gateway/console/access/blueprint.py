"""The blueprint that the views of this folder hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("access", __name__)
