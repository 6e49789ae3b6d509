"""`make mutants`: change one thing in a module, run the tests, and see whether one fails; for a sample of all changes.

A change that no test notices is a rule that nobody holds. `ARGS="flows/understanding --sample 120 --seed 14"` are the
defaults. Each mutant runs in a copy of what git tracks: first the file of tests that has the name of the module, then,
if it passes, the tests that are given with `--first`, then those of `--then`. A run that takes longer than `--seconds`
counts as noticed: the change made a loop.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from shutil import copy2

ROOT = Path(__file__).parent.parent
COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A file with one change: what stands at `line` before and after, and the whole source with it."""

    path: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before}  ->  {self.after}"


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every change of a module: operators, conditions, numbers, truth values, and what functions return.

    Annotations, decorators and docstrings are left alone: a test could not notice them.
    """
    tree = ast.parse(source)
    lines = source.encode().splitlines(keepends=True)
    starts = [0, *itertools.accumulate(map(len, lines))]
    for node in _code(tree):
        for changed in _changes(node):
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            before = source.encode()[begin:end].decode()
            after = f"({ast.unparse(changed)})" if isinstance(changed, ast.expr) else ast.unparse(changed)
            whole = source.encode()[:begin] + after.encode() + source.encode()[end:]
            with contextlib.suppress(SyntaxError):
                ast.parse(whole)
                yield Mutant(path, node.lineno, " ".join(before.split()), " ".join(after.split()), whole.decode())


Located = ast.expr | ast.stmt


def _code(node: ast.AST) -> Iterator[Located]:
    """Expressions and statements below a node that are neither annotations nor decorators nor in an f-string."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.JoinedStr):
                continue
            if isinstance(each, ast.AST):
                if isinstance(each, Located):
                    yield each
                yield from _code(each)


def _changes(node: Located) -> Iterator[Located]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in COMPARE:
            yield ast.Compare(node.left, [COMPARE[type(operator)]()], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        case ast.BinOp() if type(node.op) in BINARY:
            yield ast.BinOp(node.left, BINARY[type(node.op)](), node.right)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float() as number):
            yield ast.Constant(number + 1)
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield ast.Call(ast.Name(CALLS[name]), node.args, node.keywords)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def tracked(folder: str = "") -> list[str]:
    """The paths that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z", folder or "."], cwd=ROOT, check=True, capture_output=True)
    return [path for path in listed.stdout.decode().split("\0") if path and (ROOT / path).is_file()]


def copy_tree(target: Path) -> None:
    """A copy of the working tree's tracked files, with a repository of its own: some tests ask git."""
    for path in tracked():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        copy2(ROOT / path, target / path)


def own(path: str, tests: Sequence[str]) -> list[str]:
    """The files in folders of tests that have the name of a module; alone they take a fraction of the time."""
    files = (f"{folder}/test_{Path(path).name}" for folder in tests)
    return [file for file in files if (ROOT / file).is_file()]


def notices(folder: Path, tests: Sequence[str], seconds: float) -> bool:
    """True if a test fails, or takes too long."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    run = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return run.wait(seconds) != 0
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", default=["flows/understanding"])
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--first", nargs="*", default=["tests/flows/understanding"])
    parser.add_argument(
        "--then", nargs="*", default=["tests/understanding", "tests/flows/engine", "tests/conversations"]
    )
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    modules = [path for folder in chosen.folders for path in tracked(folder) if path.endswith(".py")]
    every = [each for path in modules for each in mutants(path, (ROOT / path).read_text(encoding="utf-8"))]
    sample = random.Random(chosen.seed).sample(every, min(chosen.sample, len(every)))
    print(f"{len(sample)} of {len(every)} mutants of {len(modules)} modules, seed {chosen.seed}", flush=True)
    stages = [stage for stage in (chosen.first, chosen.then) if stage]
    with contextlib.ExitStack() as stack:
        folders: SimpleQueue[Path] = SimpleQueue()
        for _ in range(chosen.workers):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            copy_tree(folder)
            folders.put(folder)

        def survives(mutant: Mutant) -> bool:
            folder = folders.get()
            try:
                (folder / mutant.path).write_text(mutant.source, encoding="utf-8")
                each = filter(None, (own(mutant.path, chosen.first), *stages))
                return not any(notices(folder, stage, chosen.seconds) for stage in each)
            finally:
                copy2(ROOT / mutant.path, folder / mutant.path)
                folders.put(folder)

        folder = folders.get()
        if any(notices(folder, stage, 10 * chosen.seconds) for stage in stages):
            print("the tests fail, or take too long, without any change: nothing can be measured")
            return 2
        folders.put(folder)
        alive = []
        with ThreadPoolExecutor(chosen.workers) as pool:
            for at, (mutant, survived) in enumerate(zip(sample, pool.map(survives, sample), strict=True), 1):
                if survived:
                    alive.append(mutant)
                    print(f"  not noticed ({at}): {mutant}", flush=True)
    noticed = len(sample) - len(alive)
    print(f"{noticed} of {len(sample)} noticed: {100 * noticed / max(len(sample), 1):.1f} %")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
