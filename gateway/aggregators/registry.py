"""Which aggregators there are: built ones by name, described ones from their files, as the settings choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from flows.delivery.route_rules import RouteRules
from gateway.aggregators.contract.protocol import Aggregator, OutboundAdapter
from gateway.aggregators.descriptions.described_inbound import DescribedAggregator
from gateway.aggregators.descriptions.described_outbound import DescribedOutbound
from gateway.aggregators.descriptions.loader import BadDescription, parse_description
from gateway.aggregators.descriptions.schema import Description
from gateway.aggregators.http_sender import HttpSender
from gateway.aggregators.token_sender import TokenSender
from gateway.aggregators.vendors import (
    africastalking_outbound,
    infobip_outbound,
    jasmin_outbound,
    kannel_outbound,
    twilio_outbound,
)
from gateway.aggregators.vendors.africastalking_callbacks import AfricasTalking
from gateway.aggregators.vendors.infobip_callbacks import Infobip
from gateway.aggregators.vendors.jasmin_callbacks import Jasmin
from gateway.aggregators.vendors.kannel_callbacks import Kannel
from gateway.aggregators.vendors.twilio_callbacks import Twilio
from gateway.http.client import HttpClient
from gateway.settings.config import Config
from gateway.settings.fields import BUILT_IN, head_of
from gateway.settings.loader import ConfigError
from gateway.settings.phone_numbers import Phones
from gateway.settings.validation import DESCRIPTIONS, missing_settings
from sessions.delivery.outcome_types import Sender


def aggregators(config: Config) -> dict[str, Aggregator]:
    """Those whose doors are open. Raises ConfigError for a description that cannot be used."""
    phones = Phones(config.country_codes)
    built: dict[str, Callable[[], Aggregator]] = {
        "africastalking": lambda: AfricasTalking(phones),
        "infobip": lambda: Infobip(phones, config.service_code),
        "twilio": lambda: Twilio(phones, config.twilio_auth_token),
        "jasmin": lambda: Jasmin(phones),
        "kannel": lambda: Kannel(phones),
    }
    told = descriptions(config)
    return {
        name: DescribedAggregator(told[name], phones, config.service_code, config.short_code)
        if name in told
        else built[name]()
        for name in config.aggregators
    }


def outbound_adapters(config: Config) -> dict[str, OutboundAdapter]:
    """Those that texts may leave by. Raises ConfigError for one that lacks a setting."""
    told = descriptions(config)
    missing = missing_settings(config, configured_routes(config, told).named()) + _unset(config, told)
    if missing:
        raise ConfigError("\n  ".join(missing))
    found: dict[str, OutboundAdapter] = {}
    for name in sorted(configured_routes(config, told).named()):
        found[name] = _described(config, told[name]) if name in told else _built(config, name)
    return found


def senders(config: Config, wire: HttpClient) -> dict[str, Sender]:
    """What a worker sends with, by road; all of them share a wire. Raises ConfigError."""
    return {
        name: TokenSender(each, wire)
        if isinstance(each, DescribedOutbound) and each.login is not None
        else HttpSender(each, wire)
        for name, each in outbound_adapters(config).items()
    }


def configured_routes(config: Config, told: Mapping[str, Description] | None = None) -> RouteRules:
    """The rules of the settings; without any, every aggregator that sends, in its order."""
    if config.roads.named():
        return config.roads
    told = descriptions(config) if told is None else told
    return RouteRules(
        others=tuple(name for name in config.aggregators if name not in told or told[name].send is not None)
    )


def descriptions(config: Config) -> dict[str, Description]:
    """What is described of the aggregators in use. Raises ConfigError with a line for each mistake."""
    own = {Path(each).stem: Path(each) for each in config.generic_files if Path(each).suffix}
    found: dict[str, Description] = {}
    problems: list[str] = []
    for name in config.aggregators:
        if name in BUILT_IN:
            continue
        path = own.get(name, DESCRIPTIONS / f"{name}.yaml")
        try:
            found[name] = parse_description(path.read_text("utf-8"), name, str(path))
        except BadDescription as error:
            problems += str(error).splitlines()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path}: cannot be read ({type(error).__name__})")
    for name in sorted(config.roads.named() & found.keys()):
        if found[name].send is None:
            problems.append(f"ROADS names {name}, whose description says nothing of sending")
    if problems:
        raise ConfigError(
            "These descriptions cannot be used (docs/operators/described-aggregators.md):\n  " + "\n  ".join(problems)
        )
    return found


def _built(config: Config, name: str) -> OutboundAdapter:
    reports = _report_url(config, name)
    match name:
        case "africastalking":
            return africastalking_outbound.AfricasTalkingOutbound(
                config.at_username, config.at_api_key, config.at_base_url, config.at_sender
            )
        case "infobip":
            return infobip_outbound.InfobipOutbound(
                config.infobip_base_url, config.infobip_api_key, config.infobip_sender, reports
            )
        case "twilio":
            account = config.twilio_account_sid, config.twilio_auth_token
            return twilio_outbound.TwilioOutbound(config.twilio_base_url, *account, config.twilio_sender, reports)
        case "jasmin":
            user = config.jasmin_username, config.jasmin_password
            return jasmin_outbound.JasminOutbound(config.jasmin_url, *user, config.jasmin_sender, reports)
        case _:
            user = config.kannel_username, config.kannel_password
            return kannel_outbound.KannelOutbound(config.kannel_url, *user, config.kannel_sender, reports)


def _described(config: Config, told: Description) -> OutboundAdapter:
    assert told.send is not None  # noqa: S101 - only such are roads
    reports = _report_url(config, told.name) if told.reports is not None else ""
    return DescribedOutbound(told, told.send, _own(config, told), reports)


def _own(config: Config, told: Description) -> dict[str, str]:
    """The settings of a described aggregator, by the names of its description."""
    return {name: config.described.get(head_of(told.name) + name.upper(), "") for name in told.settings}


def _unset(config: Config, told: Mapping[str, Description]) -> list[str]:
    used = configured_routes(config, told).named()
    return [
        f"{head_of(name)}{setting.upper()} is not set: {each.settings[setting]}."
        for name, each in told.items()
        if name in used
        for setting, value in _own(config, each).items()
        if not value and setting not in each.optional
    ]


def _report_url(config: Config, name: str) -> str:
    """Where an aggregator sends its reports; nothing when it cannot reach us."""
    if not config.public_url or not config.webhook_secrets:
        return ""
    return f"{config.public_url}/hooks/{name}/{config.webhook_secrets[0]}/delivery"
