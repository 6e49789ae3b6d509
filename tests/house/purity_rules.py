"""`flows` is pure: it opens no file, and keeps nothing between two calls but what it can compute again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import imported_names, modules, parse

WORLDLY_MODULES = {
    *("os", "pathlib", "importlib", "pkgutil", "tempfile", "shutil", "glob", "fileinput", "linecache", "zipfile"),
    *("sqlite3", "dbm", "shelve", "socket", "ssl", "http", "urllib", "asyncio", "subprocess", "multiprocessing"),
    *("threading", "contextvars", "signal", "io.open", "codecs.open"),
}
IN_MEMORY = {(Path("flows/model/npz_arrays.py"), "zipfile")}  # unpacks bytes that it is given, and no file
FILE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes", "open", "iterdir", "rglob"}
CONTAINERS = {
    *("dict", "list", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict", "ChainMap"),
    *("Lock", "RLock", "WeakKeyDictionary", "WeakValueDictionary", "WeakSet"),
}
CHANGING_METHODS = {
    *("append", "appendleft", "add", "update", "clear", "pop", "popleft", "popitem", "setdefault", "extend", "insert"),
    *("remove", "discard", "sort", "reverse"),
}
CACHES = {"cache", "lru_cache"}
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def files_opened(root: Path) -> list[str]:
    """`flows` neither opens a file nor imports what could."""
    return [f"{path}:{line}: {what}" for path in modules(root, "flows") for line, what in _worldly(root, path)]


def _worldly(root: Path, path: Path) -> Iterator[tuple[int, str]]:
    tree = parse(root, path)
    for line, name in imported_names(tree, path):
        if (path, name) in IN_MEMORY:
            continue
        if name in WORLDLY_MODULES or name.partition(".")[0] in WORLDLY_MODULES:
            yield line, f"imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _opens_a_file(node.func):
            yield node.lineno, f"calls {ast.unparse(node.func)}()"


def _opens_a_file(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id in {"open", "Path", "__import__"}
    return isinstance(called, ast.Attribute) and called.attr in FILE_METHODS


def process_wide_state(root: Path) -> list[str]:
    """`flows` has no `global`, no module-level name that a function changes, none made to be filled, no lazy global."""
    return [f"{path}:{line}: {what}" for path in modules(root, "flows") for line, what in _state(parse(root, path))]


def _state(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = set(_assigned(tree.body))
    yield from _containers_to_be_filled(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield node.lineno, f"global {', '.join(node.names)}"
        elif isinstance(node, ast.FunctionDef) and _is_lazy_global(node):
            yield node.lineno, f"{node.name}() is computed once and kept: a global by another name"
    for statement in tree.body:
        yield from _changes(statement, names, within_function=False)


def _assigned(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _containers_to_be_filled(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_to_be_filled(node.value):
            yield node.lineno, f"{' = '.join(_assigned([node]))} is made to be filled"


def _is_to_be_filled(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.List | ast.Set):
        return not value.elts
    if isinstance(value, ast.Call):
        name = ast.unparse(value.func).rpartition(".")[2].partition("[")[0]
        return name == "defaultdict" or (name in CONTAINERS and not value.args and not value.keywords)
    return False


def _is_lazy_global(function: ast.FunctionDef) -> bool:
    arguments = function.args
    if arguments.args or arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
        return False
    decorators = [each.func if isinstance(each, ast.Call) else each for each in function.decorator_list]
    return any(ast.unparse(each).rpartition(".")[2] in CACHES for each in decorators)


def _changes(node: ast.AST, names: set[str], *, within_function: bool) -> Iterator[tuple[int, str]]:
    """Every change of one of these names in a function, unless the function has a local variable of that name."""
    if isinstance(node, Function):
        names, within_function = names - _locals(node), True
    elif within_function and (changed := _changed(node) & names):
        yield getattr(node, "lineno", 0), f"a function changes {', '.join(sorted(changed))}"
    for child in ast.iter_child_nodes(node):
        yield from _changes(child, names, within_function=within_function)


def _locals(function: Function) -> set[str]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    declared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    return ({argument.arg for argument in every if argument} | stored) - declared


def _changed(node: ast.AST) -> set[str]:
    """The names whose value a statement or call changes in place."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in CHANGING_METHODS:
            return _root_name(value)
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return set().union(*map(_changed_by_target, targets))
        case ast.AugAssign(target=target):
            return _root_name(target)
        case ast.AnnAssign(target=target):
            return _changed_by_target(target)
        case _:
            return set()


def _changed_by_target(target: ast.expr) -> set[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return set().union(*map(_changed_by_target, target.elts))
    return _root_name(target) if isinstance(target, ast.Subscript | ast.Attribute) else set()


def _root_name(value: ast.expr) -> set[str]:
    while isinstance(value, ast.Subscript | ast.Attribute):
        value = value.value
    return {value.id} if isinstance(value, ast.Name) else set()
