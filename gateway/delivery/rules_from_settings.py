"""The rules for texts from the settings: routes, quiet hours and quotas."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flows.cases.officer_code import OfficerCodes
from flows.delivery.quiet_hours import QuietHours
from flows.delivery.route_rules import choose_routes
from gateway.aggregators import registry
from gateway.delivery.redis_restore_mark import RedisMarks
from gateway.settings.config import Config
from gateway.settings.values.phone_numbers import Phones
from sessions.delivery.claim_batch import Rules


def rules(config: Config) -> Rules:
    """The rules for texts that the settings give."""
    ways = registry.configured_routes(config)
    zone, hours = ZoneInfo(config.timezone), QuietHours(config.quiet_hours, config.quiet_hours_by_province)

    def quiet_until(now: datetime, province: str | None) -> datetime | None:
        return hours.until(now.astimezone(zone), province)

    return Rules(
        routes=sorted(ways.named()),
        routes_for=lambda phone, network: choose_routes(ways, phone, network),
        may_be_texted=Phones(config.country_codes).may_be_texted,
        quiet_until=quiet_until,
        per_number=config.texts_per_number_day,
        answers_per_number=config.answers_per_number_day,
        per_officer=config.texts_per_officer_day,
        per_complaint=config.texts_per_complaint,
        per_hour=config.texts_per_hour,
        codes=OfficerCodes(config.signing_secrets),
        marks=RedisMarks(config.redis_url),
    )
