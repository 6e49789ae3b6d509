"""The outbound adapter of each built-in aggregator, made from settings that the tests know."""

from __future__ import annotations

from gateway.aggregators.vendors.africastalking_outbound import AfricasTalkingOutbound, AfricasTalkingSettings
from gateway.aggregators.vendors.infobip_outbound import InfobipOutbound, InfobipSettings
from gateway.aggregators.vendors.jasmin_outbound import JasminOutbound, JasminSettings
from gateway.aggregators.vendors.kannel_outbound import KannelOutbound, KannelSettings
from gateway.aggregators.vendors.twilio_outbound import TwilioOutbound, TwilioSettings

SENDER = "8484"


def africastalking(url: str) -> AfricasTalkingOutbound:
    """Texts through the API of Africa's Talking at this address."""
    return AfricasTalkingOutbound(AfricasTalkingSettings(at_api_key="the-key", at_base_url=url))


def infobip(url: str, reports: str = "") -> InfobipOutbound:
    """Texts through the API of Infobip at this address."""
    own = InfobipSettings(infobip_base_url=url, infobip_api_key="the-key", infobip_sender=SENDER)
    return InfobipOutbound(own, reports)


def twilio(url: str, reports: str = "", sender: str = SENDER) -> TwilioOutbound:
    """Texts through the API of Twilio at this address."""
    own = TwilioSettings(twilio_base_url=url, twilio_account_sid="AC0", twilio_auth_token="token", twilio_sender=sender)
    return TwilioOutbound(own, reports)


def jasmin(url: str, reports: str = "", sender: str = SENDER) -> JasminOutbound:
    """Texts through a Jasmin at this address."""
    own = JasminSettings(jasmin_url=url, jasmin_username="us", jasmin_password="them", jasmin_sender=sender)
    return JasminOutbound(own, reports)


def kannel(url: str, reports: str = "", sender: str = SENDER, reference: str = "") -> KannelOutbound:
    """Texts through a Kannel at this address; with `reference` all of them have this id."""
    own = KannelSettings(kannel_url=url, kannel_username="us", kannel_password="them", kannel_sender=sender)
    return KannelOutbound(own, reports, fresh=lambda: reference) if reference else KannelOutbound(own, reports)
