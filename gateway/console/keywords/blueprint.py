"""The first words of texts (SMS): what each rule takes and does, and which one would take a text."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("keywords", __name__)
