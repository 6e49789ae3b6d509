"""The files of a draft: each as text where forms cannot do it, added, taken out; and a flow taken in as a zip."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("files", __name__)
