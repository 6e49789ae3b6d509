"""A phone's own cases are given out in one place, so that what must be asked first is asked once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import all_modules, imported_names, parse

GIVES_OUT = Path("sessions/cases/core/own_cases.py")
ASKS = Path("storage/cases/contact_complaints.py")
ALL_HELD = Path(
    "storage/retention/contact_data.py"
)  # for an export or an erasure: by staff, on record, and to no phone
FILER = "contact_id"  # the column of Complaint that says who filed it


def cases_given_out_elsewhere(root: Path) -> list[str]:
    """Only own_cases.py uses the module that reads complaints by contact, and no other module writes such a query."""
    found = []
    for path in all_modules(root):
        if path not in (GIVES_OUT, ASKS, ALL_HELD):
            tree = parse(root, path)
            lines = [*_imports(tree, path), *_queries(tree)]
            found += [f"{path}:{line}: ask {GIVES_OUT.stem} for the cases of a contact" for line in sorted(lines)]
    return found


def _imports(tree: ast.Module, path: Path) -> Iterator[int]:
    module = ".".join(ASKS.with_suffix("").parts)
    for line, name in imported_names(tree, path):
        if name == module or name.startswith(f"{module}."):
            yield line


def _queries(tree: ast.Module) -> Iterator[int]:
    """Lines that compare the filer of complaints with somebody; a join compares two columns and reads nobody's."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                sides = (left, right)
                if any(map(_is_filer, sides)) and not all(map(_is_column, sides)):
                    yield node.lineno
            case ast.Call(func=ast.Attribute(value=value, attr="in_" | "is_not_distinct_from")) if _is_filer(value):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="filter_by"), keywords=given):
                if any(each.arg == FILER for each in given):
                    yield node.lineno


def _is_filer(node: ast.expr) -> bool:
    return ast.unparse(node) in (f"Complaint.{FILER}", f"_ROW.c.{FILER}", f"Complaint.__table__.c.{FILER}")


def _is_column(node: ast.expr) -> bool:
    """True for `Contact.id` and the like: an attribute of a class."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id[:1].isupper()
