"""PINs in SMS: set, changed, verified for what the SMS asks, and the replies where one is wrong or missing.

The digits are cut from an SMS before anything reads it (`flows.text.pin_digits`), and no text to a citizen has any.
"""

from msgspec.structs import replace

from flows.menu.keyword_rule import SWITCHES
from flows.text import pin_digits, tracking_number
from flows.text.pin_words import pin_matter
from sessions.cases.access import pin_resets
from sessions.cases.core import pins
from sessions.cases.core.act_context import context_of_sms
from sessions.messages.sms_context import Reply, SmsContext

ALONE = "PIN"  # what is left of an SMS that has nothing but PINs
_OTHER_MATTERS = ("new_holder", "new_holder_yes", "new_holder_no_pin")  # they may name a PIN that is not there


def verify(inbound: SmsContext) -> SmsContext:
    """The SMS with what became of the PIN in it. One without a PIN costs nothing.

    An SMS that only sets the first PIN of a phone is no guess.
    """
    if not inbound.pins or (inbound.sms.text == ALONE and not pins.has_pin(inbound.db, inbound.contact)):
        return inbound
    return replace(inbound, pin=pins.verify_pin(context_of_sms(inbound), inbound.contact, inbound.pins[0], inbound.key))


def reply_alone(inbound: SmsContext) -> Reply | None:
    """The reply to an SMS with nothing but PINs: the first is set, or the old one changed. `PIN NO` stops its
    removal; other words about a PIN alone are answered with how it works. None for other SMS.
    """
    if not inbound.pins or inbound.sms.text != ALONE:
        return _reply_without_digits(inbound)
    if inbound.pin in ("wrong", "too_many"):
        return refusal(inbound, "")
    if inbound.pin == "right" and len(inbound.pins) == 1:
        return Reply("pin_exists")
    if pin_digits.is_easy(inbound.pins[-1]):
        return Reply("pin_how")
    pins.set_pin(context_of_sms(inbound), inbound.contact, inbound.pins[-1])
    return Reply("pin_set")


def _reply_without_digits(inbound: SmsContext) -> Reply | None:
    """None for what has words of anything else, or asks something else for the phone as a whole."""
    if inbound.pins or inbound.intent.kind in (*SWITCHES, *_OTHER_MATTERS):
        return None
    match pin_matter(inbound.sms.text):
        case "stays":
            return pin_resets.stop_by_text(inbound)
        case "how":
            return Reply("pin_how")
        case _:
            return None


def unknown_number(inbound: SmsContext, number: str) -> Reply:
    """The reply where this phone has no case with the number, or the PIN that was sent is wrong."""
    if inbound.pins:
        return refusal(inbound, number)
    return Reply("status_missing", ref=tracking_number.format_number(number))


def refusal(inbound: SmsContext, number: str) -> Reply:
    """The reply to who names a case and may not act on it: the same for an unknown number and another phone's case."""
    if inbound.pin == "too_many":
        return Reply("pin_too_many")
    event = "pin_missing" if inbound.pins else "pin_needed"
    return Reply(event, ref=tracking_number.format_number(number) if number else ALONE)
