"""The page of the model of texts. Training, publishing and going back are commands (docs/operators/text-model.md)."""

from flask import Blueprint, render_template

from flows.text.printable import one_line
from flows.understanding.text_model import UnreadableModel, read_model
from gateway.console.site.guard import needs, sunwai
from sessions.models import model_publication

blueprint = Blueprint("models", __name__, url_prefix="/models")


@blueprint.get("")
@needs("publish")
def page() -> str:
    """The card of the model in use, and every model that was published."""
    app = sunwai()
    number = model_publication.number_in_use(app.database)
    card, fault = None, ""
    try:
        content = model_publication.content_of(app.database, number, app.models.shipped()) or b""
        card, _weights = read_model(content)
    except (UnreadableModel, OSError) as error:
        fault = one_line(str(error))
    return render_template(
        "console/models/page.html",
        card=card,
        fault=fault,
        number=number,
        history=model_publication.history(app.database),
        used=app.settings.text_model,
    )
