"""The words of Health for lists, texts, reasons and routes."""

from flows.delivery.text_uses import NEWS, REPLIES, TO_STAFF
from gateway.console.site.i18n import _


def list_titles() -> dict[str, str]:
    """What each list is called."""
    return {
        "danger": _("People in danger whose case no officer has"),
        "late": _("Texts that are late"),
        "held": _("Texts held back since a backup was restored"),
        "doubt": _("Texts that may or may not have arrived"),
        "no_route": _("Texts to numbers without a route"),
        "unheard": _("Texts from citizens that nobody understood"),
        "unreadable": _("Messages that could not be read"),
        "scheduled": _("Drafts that were not published at their time"),
        "again": _("Texts that wait for their next try"),
        "quota": _("Texts to phones that have reached their daily limit"),
        "reports": _("Delivery reports that match no text"),
    }


def list_hints() -> dict[str, str]:
    """What a person can do about each list."""
    return {
        "danger": _("Phone an office now. Then give it the case, so that somebody answers for it."),
        "late": _(
            "They should have been sent more than ten minutes ago. They are sent by themselves once the cause is gone."
        ),
        "held": _(
            "Some may have been sent before the backup was restored. Release those that were not, cancel the others."
        ),
        "doubt": _("The aggregator did not answer, and no delivery report came. Ask it, then settle each."),
        "no_route": _("No route leads to these numbers. Tell the engineer, then send them again."),
        "unheard": _("Read each, then file it as a complaint, answer it or set it aside."),
        "unreadable": _(
            "An aggregator sent something in a form that we do not know. Tell the engineer. "
            "Set aside what is of no use."
        ),
        "scheduled": _("Open the draft: its page says why. Publish it, or schedule it again."),
        "again": _("They are sent again by themselves. You can send them at once."),
        "quota": _("They are sent when their phone may get texts again. Cancel those that make no sense by then."),
        "reports": _(
            "They are kept, and cost nothing. If there are many, tell the engineer: "
            "another service may use our account."
        ),
    }


def text_title(event: str) -> str:
    """What kind of text it is. Its own code stands below, in small print."""
    if event in ("received", "suggestion_received", "sensitive_received"):
        return _("Receipt for a complaint")
    if event in NEWS:
        return _("News about a complaint")
    if event in TO_STAFF:
        return _("Text to an officer")
    if event in REPLIES:
        return _("Reply to a citizen's SMS")
    return _("Text to a citizen")


def text_reason(reason: str | None) -> str:
    """Why a text is where it is; the aggregator's own word where we have none; "" for no reason."""
    head, _colon, rest = (reason or "").partition(": ")
    if head in ("expired", "gave_up") and rest:
        return text_reason(rest)
    return {
        "by_hand": _("sent again by a person"),
        "released": _("released by a person"),
        "quiet_hours": _("quiet hours"),
        "number_budget": _("this phone has had its daily limit of texts"),
        "complaint_budget": _("its complaint has reached its limit of texts"),
        "country_not_served": _("a foreign number"),
        "road_rests": _("its route is paused or off"),
        "no_road": _("no route leads to this number"),
        "road_gone": _("its route is no longer in the settings"),
        "status_unknown": _("the aggregator did not say whether it accepted it"),
        "lease_expired": _("its worker stopped while sending"),
        "read_timeout": _("the aggregator did not answer in time"),
        "off_by_hand": _("switched off by a person"),
    }.get(head, reason or "")


def unheard_reason(reason: str) -> str:
    """Why texts of a phone wait for a person."""
    return {
        "once": _("not understood"),
        "repeated": _("not understood, several times"),
        "failed": _("could not be handled because of an error"),
    }.get(reason, reason)


def route_reason(reason: str) -> str:
    """What an aggregator's refusal means, in words for operators; "" if we do not know it."""
    code = reason.removeprefix("expired: ").rpartition(": ")[2]
    if code == "off_by_hand":
        return _("A person switched it off. Nothing is sent by it until somebody switches it on.")
    if code in ("http_401", "http_402", "http_403"):
        return _("The key, the account or the balance is refused. Once that is corrected, switch the route on.")
    if code in ("http_404", "http_405"):
        return _("Nothing answers at its address. Tell the engineer: the address or the account name is wrong.")
    if code in ("http_429", "http_503"):
        return _("It is overloaded. It will be retried automatically.")
    if code in ("http_500", "http_502", "http_504", "read_timeout"):
        return _("It failed after it got the text. We wait two minutes for its delivery report.")
    if code == "status_unknown":
        return _("It answered with an unknown status. Tell the engineer.")
    if code == "no_road":
        return _("No route leads to this number. Tell the engineer.")
    return ""
