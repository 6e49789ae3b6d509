"""What a condition says about its variables: which certainly have a value if it is true, or false."""

from flows.menu.model import Both, Compare, Condition, Either, IsSet, Not

NOTHING: frozenset[str] = frozenset()


def certain(condition: Condition | None, *, when: bool = True) -> frozenset[str]:
    """The variables that hold something whenever the condition is `when`."""
    match condition:
        case IsSet(name) | Compare(name, _, _):
            return frozenset({name}) if when else NOTHING
        case Not(of):
            return certain(of, when=not when)
        case Both(left, right) | Either(left, right):
            one, other = certain(left, when=when), certain(right, when=when)
            return one | other if isinstance(condition, Both) == when else one & other
    return NOTHING


def values_of(atom: Compare) -> list[str | int]:
    """What a variable is compared with: each code of `in`."""
    return [*str(atom.value).split()] if atom.operator == "in" else [atom.value]


def atoms(condition: Condition) -> list[IsSet | Compare]:
    """The single tests a condition is made of, in order."""
    match condition:
        case Not(of):
            return atoms(of)
        case Both(left, right) | Either(left, right):
            return [*atoms(left), *atoms(right)]
        case IsSet() | Compare():
            return [condition]
