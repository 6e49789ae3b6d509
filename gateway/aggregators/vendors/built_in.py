"""The registry of built-in aggregators: a new one is a line here."""

from gateway.aggregators.contract.vendor import Vendor
from gateway.aggregators.vendors import (
    africastalking_callbacks,
    infobip_callbacks,
    jasmin_callbacks,
    kannel_callbacks,
    twilio_callbacks,
)

BUILT_IN: tuple[Vendor, ...] = (
    africastalking_callbacks.VENDOR,
    infobip_callbacks.VENDOR,
    twilio_callbacks.VENDOR,
    jasmin_callbacks.VENDOR,
    kannel_callbacks.VENDOR,
)
