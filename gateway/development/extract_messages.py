"""Update the translations of the console's strings: `python -m gateway.development.extract_messages`.

It reads every `_( … )` and `ngettext( … )` of the console, adds new strings to each `.po` file and drops those that are
no longer used. The same for the messages of `flows` and `sessions` in `locale/messages`, whose templates it reads from
the code. Translations stay as they are. New entries are empty, and shown in English until somebody fills them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from gateway.console.messages.said_messages import MESSAGES
from gateway.console.site.i18n import LANGUAGES, LOCALES
from gateway.development.message_templates import catalogue_sentences, message_templates

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
    return _update(LOCALES / f"{language}.po", language, extract_messages())


def update_message_catalogue(language: str) -> Catalog:
    """The catalogue of a language with exactly the messages, titles and explanations that the code has now."""
    found = message_templates() | catalogue_sentences()
    return _update(MESSAGES / f"{language}.po", language, ((file, words) for words, file in found.items()))


def _update(path: Path, language: str, found: Iterable[tuple[str, str | tuple[str, str]]]) -> Catalog:
    catalogue = Catalog(locale=language, header_comment=NOTE, project="Sunwai console", version="1")
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    template = Catalog()
    for where, message in found:
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
    MESSAGES.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        if language == "en":
            continue
        _write(LOCALES / f"{language}.po", update_catalogue(language), f"{language}: {{}} strings")
        _write(MESSAGES / f"{language}.po", update_message_catalogue(language), f"{language}: {{}} messages")


def _write(path: Path, catalogue: Catalog, count: str) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False)
    left = sum(1 for each in catalogue if each.id and not complete(each))
    print(f"{count.format(len(catalogue))}, {left} without a translation")


if __name__ == "__main__":
    main()
