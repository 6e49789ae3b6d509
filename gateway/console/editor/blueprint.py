"""The blueprint of the screen editor. Its views are in the other modules of this folder."""

from flask import Blueprint

from gateway.console.editor.labels import for_templates

blueprint = Blueprint("editor", __name__)
blueprint.context_processor(for_templates)
