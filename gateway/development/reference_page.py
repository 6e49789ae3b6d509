"""`python -m gateway.development.reference_page > docs/operators/reference.md`: every word that flow files may have.

All of it comes from the tables that reading, checks and the engine use. Its examples are parts of one flow.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from flows.engine import answer_kinds
from flows.engine.sms_channel import GIVEN, MOST_QUESTIONS
from flows.menu import (
    actions,
    conditions,
    danger_rules,
    declared_names,
    file_keys,
    keyword_rule,
    screen_kinds,
)
from flows.menu.action_spec import ActionSpec, Argument, ResultField
from flows.menu.declared_names import EVERY_LIST, ListColumn
from flows.menu.file_keys import TAKES, FileKey
from gateway.development import reference_texts
from gateway.development.markdown_table import code_rows, table
from gateway.development.reference_examples import action_example, answer_example, excerpt
from sessions.cases.rules import danger_files

HEAD = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
# Maps of a flow file that have keys of their own: heading, what it is, its keys, and what is shown of the example.
SCREEN_MAPS = (
    ("Options: `choose`", "Below its code, an option has a text in each language, and", file_keys.OPTION, "menu"),
    ("`choose_from` as a map", "Instead of the name of a list alone", file_keys.CHOOSE_FROM, "district"),
    ("`or_type`", "Beside the options of a list", file_keys.OR_TYPE, "province"),
)
KIND_EXAMPLES = {"ask": ("details", "language"), "do": ("plan",), "end": ("filed",)}
FLOW_MAPS = (
    ("keys", "Each has a text in every language, and the keys below.", file_keys.KEYS),
    ("errors", "Those of an answer can stand in a screen too, and then count there.", declared_names.ERROR_WORDS),
    ("resume", "", file_keys.RESUME),
    ("meant", "", file_keys.MEANT),
    ("receipt", "", file_keys.RECEIPT),
)
CELLS = {
    "words": "words",
    "code": "a code",
    "codes": "codes with semicolons between",
    "number": "a whole number",
    "yes_no": "`yes` or nothing",
    "day": "a day such as 2026-07-01",
    "free": "words",
}
HOLDS = {
    "text": "words",
    "number": "a number",
    "date": "a date",
    "yes_no": "yes or no",
    "lines": "helplines",
    "code": "a code",
    "language": "the tag of a language of the flow",
    "complaint": "a complaint: its record or its number",
}


def page(events: Iterable[str]) -> str:
    """The page. `events` are those of a complaint's life that send a text."""
    sections = [
        HEAD,
        *_format(),
        *_file(),
        *_screens(),
        *_answers(),
        *_actions(),
        *_variables(),
        *_lists(),
        *_files_beside(sorted(events)),
    ]
    return "\n\n".join(section.strip("\n") for section in sections) + "\n"


def _format() -> list[str]:
    versions = table(
        ("version", "what it brought"), ((str(number), said) for number, said in file_keys.VERSIONS.items())
    )
    return [
        "## The format and older files\n\nA file names no version. Every version of Sunwai reads the files and the "
        "published revisions of all versions before it: a key is never given another meaning and never removed. A "
        "word that this version does not know is an error (F001), so a file that needs a newer version is refused "
        "and never read in part.",
        versions,
        "## What a key takes",
        table(("in the tables below", "written"), ((said, _written(takes)) for takes, said in TAKES.items())),
    ]


def _written(takes: str) -> str:
    return f"`{file_keys.WRITTEN[takes]}`"


def _file() -> list[str]:
    sections = ["## The flow file", keys_table(file_keys.FLOW), excerpt()]
    for name, said, words in FLOW_MAPS:
        sections.append(f"### `{name}`\n\n{file_keys.FLOW[name].about} {said}".rstrip())
        sections.append(table((name, "when it counts" if name == "errors" else "what it is for"), code_rows(words)))
        if name == "keys":
            sections.append(keys_table(file_keys.KEY))
        sections.append(excerpt(name))
    sections.append(
        f"### `service`\n\n{file_keys.FLOW['service'].about} The settings of the installation come before the "
        "flow's own, and a flow may have further words, which its texts use in the same way."
    )
    sections.append(table(("service", "what it is"), code_rows(declared_names.SERVICE_WORDS)))
    return sections


def _screens() -> list[str]:
    sections = [
        "## Screens\n\nBelow `screens:`, each screen has an id, and is of one kind: it has exactly one of "
        + ", ".join(f"`{kind.word}`" for kind in screen_kinds.KINDS)
        + "."
    ]
    for kind in screen_kinds.KINDS:
        bounds = file_keys.BOUNDS if "answer" in kind.keys else {}
        sections.append(f"### A screen that {kind.acts}: `{kind.word}`")
        sections.append(keys_table({**kind.keys, **bounds}))
        sections += [excerpt("screens", screen) for screen in KIND_EXAMPLES.get(kind.word, ())]
    for heading, said, keys, example in SCREEN_MAPS:
        sections.append(f"### {heading}\n\n{said}:")
        sections += [keys_table(keys), excerpt("screens", example)]
    sections.append(
        "### Texts\n\nA text is a map with a line for each language, or the words alone if they serve all. `{name}` "
        "shows a variable, `{name|60}` at most 60 characters of it, `{name.column}` a column of the row or a field of "
        "the record."
    )
    sections.append(keys_table(file_keys.TEXT))
    sections.append(
        "### Conditions: `skip_if` and `when`\n\nA variable that nobody has saved is not set: a comparison with it "
        "is false, and `not` before it true. All forms can be joined, those of time too: `time between 09:00 and 17:00 "
        "and not today = holiday`. A condition has at most "
        f"{conditions.MOST_TERMS} terms and {conditions.LONGEST} characters."
    )
    sections.append(table(("condition", "true if"), code_rows(conditions.FORMS)))
    return sections


def _answers() -> list[str]:
    sections = ["## Kinds of answers: `answer`"]
    for name, kind in answer_kinds.KINDS.items():
        limited = f" Limited by `{kind.bounds}`." if kind.bounds else ""
        errors = ", ".join(f"`{error}`" for error in kind.errors)
        sections.append(f"**`{name}`**: {kind.about}{limited} What can be wrong with it: {errors}.")
        sections.append(f"```yaml\n{answer_example(name)}\n```")
    return sections


def _actions() -> list[str]:
    sections = [
        "## Actions: `do`\n\n`then` names a screen for each outcome. `else` is required: it is for every other "
        "outcome, and for failing. An argument is a variable, or a value in quotes, a number, `yes` or `no`; words "
        'for people can be joined: `details: "{clinic} ({clinic.phone}), {day}"`. A record is kept under the name in '
        "`save`; a field is shown with `{name.field}`."
    ]
    for name, spec in actions.ACTIONS.items():
        if not spec.built_in:
            sections += [f"### `{name}`\n\n{spec.about}", *_action(name, spec)]
    sections.append("### What the engine does by itself\n\nA flow file cannot name these.")
    built_in = {name: spec.about for name, spec in actions.ACTIONS.items() if spec.built_in}
    sections.append(table(("action", "what it does"), code_rows(built_in)))
    return sections


def _action(name: str, spec: ActionSpec) -> Iterable[str]:
    if spec.arguments:
        rows = (
            (f"`{each}`", _holds(argument), _yes(argument.required), argument.about)
            for each, argument in spec.arguments.items()
        )
        yield table(("with", "takes", "required", "what it is"), rows)
    yield table(("outcome", "when"), code_rows(spec.outcomes))
    if spec.brings:
        many = " Several: a list of records." if spec.many else ""
        record = next(
            (f"a [{title}](#{title.replace(' ', '-')})" for title, fields in RECORDS.items() if fields is spec.brings),
            "",
        )
        other = RECORDS.get("complaint", {})
        if record:
            yield f"Brings {record}.{many}"
        elif all(spec.brings.get(field) is brings for field, brings in other.items()):
            yield f"Brings a [complaint](#complaint) and, besides:{many}"
            yield _fields({field: brings for field, brings in spec.brings.items() if field not in other})
        else:
            yield f"Brings a record:{many}"
            yield _fields(spec.brings)
    yield f"```yaml\n{action_example(name, spec)}\n```"


RECORDS = {"complaint": actions.COMPLAINT, "known problem": actions.KNOWN}


def _variables() -> list[str]:
    sections = [
        "## Records and what is remembered\n\n### contact\n\nWhat is known of the caller, as `contact.FIELD`. Any "
        "other `contact.…` that a screen saves is remembered too."
    ]
    sections.append(_fields(actions.CONTACT))
    for title, fields in RECORDS.items():
        sections += [f"### {title}", _fields(fields)]
    sections.append(
        "### What a flow by SMS begins with\n\nWith `channel: sms`, these variables may be set before the first "
        f"screen. {MOST_QUESTIONS} questions are asked at most, an answer that is not understood included: after the "
        "second one the flow goes on with `after_tries`, whatever `tries` says. `tries: 1` asks each question once."
    )
    sections.append(_fields(GIVEN))
    return sections


def _lists() -> list[str]:
    sections = [
        "## Lists\n\nA list is a CSV file. Beside the columns below, it has one for each language, and any others that "
        "a flow shows (`{name.column}`) or filters by."
    ]
    for name in dict.fromkeys(column.list for column in declared_names.COLUMNS):
        heading = "Every list" if name == EVERY_LIST else f"The list `{name}`"
        columns = [column for column in declared_names.COLUMNS if column.list == name]
        sections.append(f"### {heading}")
        sections.append(table(("column", "holds", "needed", "what it is for"), map(_column, columns)))
        if name != EVERY_LIST:
            sections.append(excerpt("lists", name))
    given = ", ".join(
        f"`{argument}` a code of the list `{name}`" for argument, name in declared_names.ARGUMENT_LISTS.items()
    )
    sections.append(f"An action takes as {given}, whatever the list is called that the caller chose from.")
    return sections


def _column(column: ListColumn) -> tuple[str, ...]:
    holds = f"{CELLS[column.cells]} of the list `{column.of}`" if column.of else CELLS[column.cells]
    needed = "always" if column.required else ""
    if column.needed_by:
        needed = f"by {', '.join(f'`{action}`' for action in column.needed_by)}: without it, {column.without}"
    return f"`{column.name}`", holds, needed, column.about


def _files_beside(events: list[str]) -> list[str]:
    patterns = {written: f"{means}." for written, means in danger_rules.PATTERNS.items()}
    numbers = ", ".join(
        f"`{code}` ({line.name['en']}, {line.number})" for code, line in danger_files.shipped_helplines().items()
    )
    lines = " and ".join(f"`{code}`" for code in danger_rules.NUMBERS)
    return [
        *reference_texts.sections(frozenset(events)),
        "## The file `keywords`\n\nA list of rules.",
        keys_table(file_keys.KEYWORD_RULE),
        f"{', '.join(name.upper() for name in keyword_rule.FIRST)} work in these letters without a rule. Everything "
        "else needs one, with words of your own languages; no intent is obligatory. Words that no rule has are read as "
        "any other words: they answer the open question or begin a complaint. Without `yes`, `no` and `partly` a "
        "question is answered with its digits; without `status` the number of a complaint still asks for its status; "
        "without `withdraw`, `appeal`, `reopen` or `private` only a call can do it, if the menu offers it; without "
        "`language` nobody can change it by SMS; and without the rules of `officer_…` no officer works by SMS.",
        table(("intent", "what it asks for"), code_rows(keyword_rule.ABOUT)),
        excerpt(file="keywords.yaml"),
        "## The files `danger` and `helplines`\n\n**A line outside Pakistan needs both.** Without `danger`, the words "
        "that ship count, which are Urdu and English; without `helplines`, people in danger are told to call the lines "
        f"that ship: {numbers}. `danger` alone calls lines by their codes, so write `helplines` with the codes that "
        f"it names. {lines} must be among them: they are named where it is only known that there is a danger, as "
        "with the keyword `emergency`. A code that `helplines` lacks is left out of what people read.",
        "`danger` has:",
        keys_table(file_keys.DANGER_FILE),
        "A word of a group is written:",
        table(("written", "means"), code_rows(danger_rules.WORDS)),
        'Four groups have a part of their own. Without them a denial such as "no fire" is a danger:',
        table(("group", "what it is for"), code_rows(danger_rules.GROUPS)),
        "A pattern of `when`, `perhaps`, `past` and `present`:",
        table(("pattern", "it is said"), code_rows(patterns)),
        "A word of `NO` or `NOT` denies what is said, unless the pattern has one itself. This is the word order of "
        "Urdu and English (`no fire`, `aag nahi hai`). Where a word stands between, as in `no hay fuego`, exclude it: "
        "`FIRE !no`.",
        "**How words are compared.** Words in the letters a to z are compared as they sound in Urdu: `aa` is `a`, `q` "
        "is `k`, `w` is `v`, in words of four letters or more also `e` is `i` and `o` is `u`, and double letters are "
        "one. A few short ones are other spellings of Urdu words (`ni` is `nahi`, `he` is `hai`). This holds in every "
        'language, so try words that differ in nothing else: `sunwai sms which "TEXT"`. Accents do not matter. '
        "Words in other scripts, and with letters such as `ƙ` that are no accented a to z, must be spelt as they are "
        "written: give each form that people use.",
        "Each of `dangers` has:",
        keys_table(file_keys.DANGER),
        "No kind of danger is obligatory. Each needs `call` with a line that is `verified`, and words; one about "
        "suicide must not call the police alone (F708).",
        excerpt(file="danger.yaml"),
        "`helplines` is a map of codes and:",
        keys_table(file_keys.HELPLINE),
        excerpt(file="helplines.yaml"),
        "## Scripted calls: `transcripts/*.yaml`",
        keys_table(file_keys.SCRIPT),
        "A step:",
        keys_table(file_keys.STEP),
        excerpt(file="transcripts/lamp.yaml"),
    ]


def keys_table(keys: Mapping[str, FileKey]) -> str:
    """A table of keys."""
    newest = max(key.since for key in keys.values()) if keys else 1
    head = ("key", "takes", "required", "what it is for", *(["since"] if newest > 1 else []))
    rows = (
        (f"`{name}`", TAKES[key.takes], _yes(key.required), key.about, *([str(key.since)] if newest > 1 else []))
        for name, key in keys.items()
    )
    return table(head, rows)


def _fields(fields: Mapping[str, ResultField]) -> str:
    return table(
        ("field", "holds", "what it is"), ((f"`{name}`", _holds(each), each.about) for name, each in fields.items())
    )


def _holds(held: Argument | ResultField) -> str:
    said = f"a code of the list `{held.list}`" if held.list else HOLDS.get(held.kind, held.kind)
    if isinstance(held, Argument):
        said = f"{said}; they may be joined, to {held.joins} characters" if held.joins else said
        return f"{said}. Codes: {', '.join(f'`{value}`' for value in held.values)}" if held.values else said
    return f"{said}, or nothing" if held.empty else said


def _yes(required: bool) -> str:
    return "yes" if required else ""


def main() -> None:
    """Print the page."""
    from sessions.cases.rules.case_policy import SHIPPED_POLICY

    print(page(SHIPPED_POLICY.lifecycle.events), end="")


if __name__ == "__main__":
    main()
