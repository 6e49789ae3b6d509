"""F310: a screen that promises an SMS that nobody gets, or a call, a visit or an answer where nothing was stored."""

from collections.abc import Mapping, Set

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.words.promise_words import promised_contact, promised_sms
from flows.engine.sms_channel import is_texted
from flows.menu.diagnostics import Path
from flows.menu.model import RECEIPT, End, Text

COMING = (RECEIPT, "coming")  # said only to phones that are texted
# Words of `errors` that end a call before anything was stored.
UNSTORED = ("too_many", "too_many_kept", "busy", "bad_phone", "deleted", "expired", "changed")


def check_promised_texts(findings: Findings) -> None:
    """Report words on screens that promise an SMS without asking whether the phone gets any."""
    if is_texted(findings.flow):
        return
    _without_sms(findings)
    for each in findings.texts:
        for language, template in each.text.items() if each.on_screen and each.path != COMING else ():
            words = "".join(part if isinstance(part, str) else " " for part in template)
            if promise := promised_sms(words, language):
                said = f"{promise!r} promises an SMS, but a phone that sent STOP gets none"
                if each.role == "end" and not findings.stands(*each.path[:2], "sms"):
                    said = f"{promise!r} promises an SMS, and this screen has no sms: nobody gets one"
                hint = "write {receipt} there, and what it says under receipt: {coming: …, stopped: …}"
                findings.add("F310", each.path, said, language=language, hint=hint)


def _without_sms(findings: Findings) -> None:
    """`{receipt}` on a last screen without the `sms` that others with it have: at best the usual text follows."""
    ends = [each for each in findings.flow.screens.values() if isinstance(each, End) and RECEIPT in names_in(each.text)]
    for end in ends if any(each.sms for each in ends) else ():
        if end.sms is None:
            said = f"{{receipt}} says that an SMS is coming, and {end.id} has no sms, as other screens with it have"
            findings.add("F310", (*findings.path(end.id), "end"), said, hint="add sms, or remove {receipt}")


def check_kept_promises(findings: Findings, ended: Mapping[str, Set[str]]) -> None:
    """Report last screens that promise a call, a visit or an answer although nothing was stored on the way to them.

    `ended` says for each last screen how acts ended before it: `done`, `failed`, `other`, or "" for no act.
    """
    flow = findings.flow
    unkept = {name for name, acts in ended.items() if not set(acts) & {"done", "other"}}
    for name in unkept:
        end = flow.screens[name]
        parts = (("end", end.text), ("sms", end.sms or {})) if isinstance(end, End) else ()
        for part, text in parts:
            if not any(name.rpartition(".")[0] in findings.known.records for name in names_in(text)):
                _unkept(findings, (*findings.path(name), part), text)
    for name in UNSTORED if ended else ():
        _unkept(findings, ("errors", name), flow.errors.get(name, {}))


def _unkept(findings: Findings, path: Path, text: Text) -> None:
    for language, template in text.items():
        words = "".join(part if isinstance(part, str) else " " for part in template)
        if promise := promised_contact(words, language):
            said = (
                f"{promise!r} promises that somebody turns to the caller, and nothing was stored: nobody knows of them"
            )
            hint = "say that nothing was sent, and what to do"
            findings.add("F310", path, said, language=language, hint=hint, severity="W")
