"""Update the translations of the console's strings: `python -m gateway.development.extract_messages`.

It reads every `_( … )` and `ngettext( … )` of the console, adds new strings to each `.po` file and drops those that are
no longer used. Translations stay as they are. New entries are empty, and shown in English until somebody fills them.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from gateway.console.site.i18n import LANGUAGES, LOCALES

CONSOLE = Path(__file__).parents[1] / "console"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "ngettext": (1, 2)}
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
NOTE = """# Words of the operators' console in Urdu.
# Drafts that no native reader has gone over yet: read them as such, and correct them here.
# Made with python -m gateway.development.extract_messages, which never changes what is translated."""


def extract_messages() -> Iterator[tuple[str, str | tuple[str, str]]]:
    """Every string of the console to translate, with its file; singular and plural together."""
    found = extract_from_dir(str(CONSOLE), METHODS, OPTIONS, KEYWORDS)
    for file, _, message, _, _ in sorted(found, key=lambda each: (each[0], each[1])):
        yield file, (message[0], message[1]) if isinstance(message, tuple) else message


def update_catalogue(language: str) -> Catalog:
    """The catalogue of a language with exactly the strings that the console has now."""
    path = LOCALES / f"{language}.po"
    catalogue = Catalog(locale=language, header_comment=NOTE, project="Sunwai console", version="1")
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    template = Catalog()
    for where, message in extract_messages():
        template.add(message, locations=[(where, 0)])
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def complete(message: Message) -> bool:
    """True if a message is translated, in each of its plural forms."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms)


def main() -> None:
    """Write every catalogue except English, the language of the strings themselves."""
    LOCALES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        if language == "en":
            continue
        catalogue = update_catalogue(language)
        with (LOCALES / f"{language}.po").open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, include_lineno=False)
        left = sum(1 for each in catalogue if each.id and not complete(each))
        print(f"{language}: {len(catalogue)} strings, {left} without a translation")


if __name__ == "__main__":
    main()
