"""What a new file of offices changes. Nothing is deleted: what is missing from the file ends."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from flows.cases.jurisdiction import Book, JurisdictionRule, Office


class OfficeChanges(Struct, frozen=True):
    """The difference. `ended` and `moved` name a rule by its id, with the new date on which it ends."""

    added: tuple[Office, ...] = ()
    changed: tuple[tuple[Office, Office], ...] = ()  # as it was, as it will be
    closed: tuple[Office, ...] = ()  # missing from the file: it gets no new cases
    opened: tuple[Office, ...] = ()  # was closed before
    begun: tuple[JurisdictionRule, ...] = ()
    ended: tuple[tuple[int, JurisdictionRule, date], ...] = ()
    moved: tuple[tuple[int, JurisdictionRule, date | None], ...] = ()  # with another end date

    def __bool__(self) -> bool:
        """True if anything changes."""
        return any((self.added, self.changed, self.closed, self.opened, self.begun, self.ended, self.moved))


def diff_offices(
    offices: Mapping[str, tuple[Office, bool]], rules: Sequence[tuple[int, JurisdictionRule]], new: Book, today: date
) -> OfficeChanges:
    """What `new` changes in these offices (each with its active flag) and rules (each with its id)."""
    there = {_identity(rule): (id_, rule) for id_, rule in rules}
    wanted = {_identity(rule): rule for rule in new.rules}
    return OfficeChanges(
        added=tuple(office for code, office in new.offices.items() if code not in offices),
        changed=tuple(
            (offices[code][0], office)
            for code, office in new.offices.items()
            if code in offices and offices[code][0] != office
        ),
        closed=tuple(office for code, (office, active) in offices.items() if active and code not in new.offices),
        opened=tuple(office for code, office in new.offices.items() if code in offices and not offices[code][1]),
        begun=tuple(rule for key, rule in wanted.items() if key not in there),
        ended=tuple(
            (id_, rule, max(today, rule.since))
            for key, (id_, rule) in there.items()
            if key not in wanted and _is_ahead(rule, today)
        ),
        moved=tuple(
            (there[key][0], there[key][1], rule.until)
            for key, rule in wanted.items()
            if key in there and there[key][1].until != rule.until
        ),
    )


def lines(change: OfficeChanges) -> list[str]:
    """The difference for people to read: `+` is added, `-` ends, `~` changes."""
    found = [f"+ office {each.code} ({each.name}, {each.kind}{_above(each)})" for each in change.added]
    for old, new in change.changed:
        differs = [
            f"{name} {getattr(old, name) or 'none'} -> {getattr(new, name) or 'none'}"
            for name in ("name", "kind", "oversight")
            if getattr(old, name) != getattr(new, name)
        ]
        found.append(f"~ office {new.code}: {', '.join(differs)}")
    found += [f"+ office {each.code} takes cases again" for each in change.opened]
    found += [f"- office {each.code} ({each.name}) takes nothing new" for each in change.closed]
    found += [f"+ {describe_rule(rule)}" for rule in change.begun]
    found += [
        f"- {describe_rule(rule, dates=False)}, {f'ends on {day}' if day > rule.since else 'never begins'}"
        for _, rule, day in change.ended
    ]
    found += [
        f"~ {describe_rule(rule, dates=False)}, until {until or 'further notice'} "
        f"(before: {rule.until or 'further notice'})"
        for _, rule, until in change.moved
    ]
    return found


def describe_rule(rule: JurisdictionRule, *, dates: bool = True) -> str:
    """A rule in words: `lesco has disco of lahore from 2026-07-01`."""
    what = f"{rule.category} ({rule.kind})" if rule.category else rule.kind
    where = rule.district or rule.province or "everywhere"
    said = f"{rule.office} has {what} {'of ' if where != 'everywhere' else ''}{where}"
    if not dates:
        return f"{said} (from {rule.since})"
    return f"{said} from {rule.since}" + (f" until {rule.until}" if rule.until else "")


def _identity(rule: JurisdictionRule) -> tuple[object, ...]:
    """What identifies a rule in two files: everything but its end."""
    return rule.office, rule.kind, rule.category, rule.province, rule.district, rule.since


def _is_ahead(rule: JurisdictionRule, today: date) -> bool:
    """True for a rule that holds today or later."""
    return rule.until is None or (rule.until > today and rule.until > rule.since)


def _above(office: Office) -> str:
    return f", over it {office.oversight}" if office.oversight else ""
