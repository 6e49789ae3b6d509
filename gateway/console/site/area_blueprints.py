"""The blueprints of areas with views in several modules: each module adds its views to one of them."""

from flask import Blueprint

DRAFT = "/drafts/<int:draft_id>"

access = Blueprint("access", __name__)
files = Blueprint("files", __name__)
funnel = Blueprint("funnel", __name__)
keywords = Blueprint("keywords", __name__)
lifecycle = Blueprint("lifecycle", __name__)
lists = Blueprint("lists", __name__, url_prefix=DRAFT)
words = Blueprint("words", __name__, url_prefix=DRAFT)
