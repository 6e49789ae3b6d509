"""Adapters and senders of the aggregators that the settings choose: built-in ones and described ones.

The list of built-in ones is in vendors/built_in.py; a described one is a YAML file.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.delivery.route_rules import RouteRules
from gateway.aggregators.contract.protocol import Aggregator, OutboundAdapter
from gateway.aggregators.contract.report_addresses import MARK, ReportAddresses
from gateway.aggregators.contract.vendor import Installation
from gateway.aggregators.descriptions.described_inbound import DescribedAggregator
from gateway.aggregators.descriptions.described_outbound import DescribedOutbound
from gateway.aggregators.descriptions.loader import BadDescription, parse_description
from gateway.aggregators.descriptions.schema import Description
from gateway.aggregators.http_sender import HttpSender
from gateway.aggregators.token_sender import TokenSender
from gateway.http.client import HttpClient
from gateway.settings.config import Config
from gateway.settings.loader import ConfigError
from gateway.settings.unknown_settings import unknown_settings
from gateway.settings.validation import DESCRIPTIONS, missing_settings
from gateway.settings.values.fields import prefix_of
from gateway.settings.values.phone_numbers import Phones
from sessions.delivery.outcome_types import Sender


def aggregators(config: Config) -> dict[str, Aggregator]:
    """The callback adapters in use. Raises ConfigError for a description that cannot be used."""
    ours = Installation(Phones(config.country_codes), config.service_code, config.short_code)
    made: dict[str, Aggregator] = {
        vendor.name: vendor.callbacks(config.settings_of(vendor), ours)
        for vendor in config.vendors
        if vendor.name in config.aggregators
    }
    made |= {name: DescribedAggregator(each, ours) for name, each in descriptions(config).items()}
    return {name: made[name] for name in config.aggregators}


def outbound_adapters(config: Config) -> dict[str, OutboundAdapter]:
    """The outbound adapters in use. Raises ConfigError if one of them lacks a setting."""
    described = descriptions(config)
    routes = sorted(configured_routes(config, described).named())
    missing = missing_settings(config, routes) + _unset(
        config, [described[name] for name in routes if name in described]
    )
    if missing:
        raise ConfigError("\n  ".join(missing))
    made: dict[str, OutboundAdapter] = {
        vendor.name: vendor.outbound(config.settings_of(vendor), _report_url(config, vendor.name))
        for vendor in config.vendors
        if vendor.name in routes
    }
    made |= {name: _described(config, each) for name, each in described.items() if name in routes}
    return {name: made[name] for name in routes}


def senders(config: Config, client: HttpClient) -> dict[str, Sender]:
    """The senders of a worker, by route; all share connections. Raises ConfigError."""
    reports = ReportAddresses(config.signing_secrets)
    return {
        name: TokenSender(each, client, reports=reports)
        if isinstance(each, DescribedOutbound) and each.login is not None
        else HttpSender(each, client, reports=reports)
        for name, each in outbound_adapters(config).items()
    }


def configured_routes(config: Config, described: Mapping[str, Description] | None = None) -> RouteRules:
    """The route rules of the settings; if there are none, every aggregator that sends, in order."""
    if config.roads.named():
        return config.roads
    described = descriptions(config) if described is None else described
    silent = {name for name, each in described.items() if each.send is None}
    return RouteRules(others=tuple(name for name in config.aggregators if name not in silent))


def descriptions(config: Config) -> dict[str, Description]:
    """The descriptions in use, by name. Raises ConfigError with a line for each mistake."""
    own = {Path(each).stem: Path(each) for each in config.generic_files if Path(each).suffix}
    built_in = {vendor.name for vendor in config.vendors}
    found: dict[str, Description] = {}
    problems: list[str] = []
    for name in config.aggregators:
        if name in built_in:
            continue
        path = own.get(name, DESCRIPTIONS / f"{name}.yaml")
        try:
            found[name] = parse_description(path.read_text("utf-8"), name, str(path))
        except BadDescription as error:
            problems += str(error).splitlines()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path}: cannot be read ({type(error).__name__})")
    for each in found.values():
        prefix = prefix_of(each.name)
        known = [prefix + setting.upper() for setting in each.settings]
        given = [name for name, value in config.described.items() if value and name.startswith(prefix)]
        problems += unknown_settings(given, known, {prefix: known})
    for name in sorted(config.roads.named() & found.keys()):
        if found[name].send is None:
            problems.append(f"ROADS names {name}, whose description has no `send`")
    if problems:
        raise ConfigError(
            "These descriptions cannot be used (docs/operators/described-aggregators.md):\n  " + "\n  ".join(problems)
        )
    return found


def _described(config: Config, described: Description) -> OutboundAdapter:
    assert described.send is not None  # noqa: S101 - only such are routes
    reports = _report_url(config, described.name) if described.reports is not None else ""
    return DescribedOutbound(described, described.send, _own(config, described), reports)


def _own(config: Config, described: Description) -> dict[str, str]:
    """The settings of a described aggregator, by the names of its description."""
    prefix = prefix_of(described.name)
    return {name: config.described.get(prefix + name.upper(), "") for name in described.settings}


def _unset(config: Config, routes: Sequence[Description]) -> list[str]:
    return [
        f"{prefix_of(each.name)}{setting.upper()} is not set: {each.settings[setting]}."
        for each in routes
        for setting, value in _own(config, each).items()
        if not value and setting not in each.optional
    ]


def _report_url(config: Config, name: str) -> str:
    """The address for delivery reports, which the sender makes one of a single text; "" if it cannot reach us."""
    if not config.public_url or not config.signing_secrets:
        return ""
    return f"{config.public_url}/hooks/{name}/{MARK}/delivery"
