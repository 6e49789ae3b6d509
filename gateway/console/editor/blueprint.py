"""The screen editor: a screen as a form, as its YAML and as a phone shows it, with what the checks say of it."""

from __future__ import annotations

from flask import Blueprint

from gateway.console.editor.labels import for_templates

blueprint = Blueprint("editor", __name__)
blueprint.context_processor(for_templates)
