"""F310: a screen that promises an SMS that nobody gets, or that a phone that sent STOP does not get."""

import re

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.engine.sms_channel import is_texted
from flows.menu.model import RECEIPT, End

COMING = (RECEIPT, "coming")  # said only to phones that are texted
_PROMISE = re.compile(
    r"\b(sms|text|message)s? (is|are|will be) (coming|on (its|the) way|sent)"
    r"|\b(sms|text|message) will (come|follow|reach)|\b(get|receive) an? (sms|text|message)|\bwill (text|sms) you"
    r"|\b(sms|message|paigham) (bhi )?(aa? ?rah[ai]|aa?y?e ?g[ai]|aye ?g[ai]|mile ?g[ai]|bheja|bhej)"
    r"|\b(vous (recevrez|allez recevoir)|nous vous enverrons) (un|par|le) ?(sms|texto|message)|\bun sms (arrive|suit)"
    r"|\b(recibirá|recibirás|le enviaremos|te enviaremos) (un|el) (sms|mensaje)|\b(receberá|enviaremos) (um|o) (sms)"
    r"|\butapokea (sms|ujumbe)|\b(sms|ujumbe) (unakuja|utatumwa|itatumwa|inakuja)|\btutakutumia (sms|ujumbe)"
    r"|\bdinañu (la )?yónnee|(एसएमएस|सन्देश|संदेश) (आउँदैछ|आउनेछ|पठाइनेछ|आ रहा|आएगा|भेजा जाएगा)"
    r"|ستصلك رسالة|(sms|پیغام|پېغام) (درځي|به درشي|ایندو|اچي)"
    r"|(sms|ایس ایم ایس|میسج|پیغام) (بھی )?(آ رہا|آئے گا|آ جائے گا|ملے گا|بھیجا|بھیج)",
    re.IGNORECASE,
)


def check_promised_texts(findings: Findings) -> None:
    """Report words on screens that promise an SMS without asking whether the phone gets any."""
    if is_texted(findings.flow):
        return
    _without_sms(findings)
    for each in findings.texts:
        for language, template in each.text.items() if each.on_screen and each.path != COMING else ():
            words = "".join(part if isinstance(part, str) else " " for part in template)
            if promise := _PROMISE.search(words):
                said = f"{promise[0]!r} promises an SMS, but a phone that sent STOP gets none"
                if each.role == "end" and not findings.stands(*each.path[:2], "sms"):
                    said = f"{promise[0]!r} promises an SMS, and this screen has no sms: nobody gets one"
                hint = "write {receipt} there, and what it says under receipt: {coming: …, stopped: …}"
                findings.add("F310", each.path, said, language=language, hint=hint)


def _without_sms(findings: Findings) -> None:
    """`{receipt}` on a last screen without the `sms` that others with it have: at best the usual text follows."""
    ends = [each for each in findings.flow.screens.values() if isinstance(each, End) and RECEIPT in names_in(each.text)]
    for end in ends if any(each.sms for each in ends) else ():
        if end.sms is None:
            said = f"{{receipt}} says that an SMS is coming, and {end.id} has no sms, as other screens with it have"
            findings.add("F310", (*findings.path(end.id), "end"), said, hint="add sms, or remove {receipt}")
