"""What is said of an action: its arguments, its outcomes, and the fields of the record that it returns."""

from msgspec import Struct, field


class ResultField(Struct, frozen=True):
    """A field of the record that an action returns.

    `longest` is in characters, for the room checks; `list` names the flow list whose codes it holds; `empty` says that
    it may be missing, `any_script` that people wrote it, so it may be in any script. `about` is for operators.
    """

    longest: int
    list: str | None = None
    empty: bool = False
    any_script: bool = False
    kind: str = "text"  # text, number, date, yes_no, lines (helplines with their names)
    values: tuple[str, ...] = ()  # all that it can be, if it is not of a list
    sample: str = ""  # what previews show of it; "" for a usual one
    about: str = ""


class Argument(Struct, frozen=True):
    """What an action takes. `list` names the flow list whose codes it takes; `about` describes it for operators.

    Words may be joined in one that people read: it keeps `joins` characters of them. 0: it is a single value.
    `between` bounds a number, both ends included. `values` are words with a meaning of their own: of choices, all are
    expected to be among them if one is. `limit` is the limit of the life cycle that a number may not exceed.
    """

    about: str
    required: bool = True
    kind: str = "text"  # text, number, yes_no, language, flow, pin, code (of `list`), complaint (its number or record)
    list: str | None = None
    joins: int = 0
    between: tuple[int, int] | None = None
    values: tuple[str, ...] = ()
    limit: str = ""  # such as known_problems.days


class ActionSpec(Struct, frozen=True):
    """An action: what it does and stores, its arguments, its outcomes besides failing, and the record it returns.

    `writes` actions are kept by (session, hop, step), so that a repeat finds the first outcome. `many` brings a list.
    A `built_in` one is performed by the engine alone: a flow file cannot name it.
    """

    about: str
    arguments: dict[str, Argument]
    outcomes: dict[str, str]  # outcome -> when an action has it
    brings: dict[str, ResultField] = field(default_factory=dict)
    writes: bool = False
    many: bool = False
    built_in: bool = False

    def needs(self, argument: str) -> bool:
        """True for an argument without which the action cannot be performed."""
        return argument in self.arguments and self.arguments[argument].required
