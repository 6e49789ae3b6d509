"""The blueprint of the files of a draft: the object alone; the views are in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("files", __name__)
