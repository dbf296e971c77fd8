"""Breaks operators and compiler on purpose, one place at a time, and sees that tests notice.

`python -m tests.mutants [--minutes 55] [--seed 1] [--only PART]` prints survivors and figures.
Modules take turns, so that whatever the time, each of them is sampled.
"""

import argparse
import ast
import copy
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEGMENTS = Path("core/segments")
MODULES = [
    "compiler",
    "relations",
    "measures",
    "calendar",
    "paths",
    "values",
    "related",
    "leaves",
    "checking",
]
# The quickest killers first; the next stage runs only for what survived the last.
STAGES = (
    [
        "tests/segments/test_random.py",
        "tests/segments/test_operators.py",
        "tests/segments/test_edges.py",
        "tests/segments/test_quotients.py",
    ],
    ["tests/segments/test_cases.py", "-k", "members or fault"],
    ["tests/segments/test_laws.py", "tests/segments/test_cases.py", "-k", "not members"],
)
_SECONDS_A_STAGE = 240
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}
_CLASSES = {"GT": "GTE", "GTE": "GT", "LT": "LTE", "LTE": "LT", "And": "Or", "Or": "And"}
_CLASSES |= {"Min": "Max", "Max": "Min", "Add": "Sub", "Sub": "Add"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one place broken."""

    path: Path
    line: int
    change: str
    original: str
    source: str


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield every way to break one node, with what is said about it."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        other = copy.deepcopy(node)
        other.ops[0] = _COMPARED[type(node.ops[0])]()
        yield "comparison", other
    if isinstance(node, ast.BinOp) and type(node.op) in _COMPUTED:
        yield "arithmetic", ast.BinOp(node.left, _COMPUTED[type(node.op)](), node.right)
    if isinstance(node, ast.BoolOp):
        flipped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and/or", ast.BoolOp(flipped, node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield "sign or not", node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "constant", ast.Constant(node.value + 1)
    if isinstance(node, ast.IfExp):
        yield "choice", ast.IfExp(node.test, node.orelse, node.body)
    if isinstance(node, ast.Attribute) and node.attr in _CLASSES:
        yield "SQL node", ast.Attribute(node.value, _CLASSES[node.attr], node.ctx)


class _Replace(ast.NodeTransformer):
    def __init__(self, wanted: ast.AST, other: ast.AST) -> None:
        self._wanted = wanted
        self._other = other

    def visit(self, node: ast.AST) -> ast.AST:
        return self._other if node is self._wanted else self.generic_visit(node)


def mutants_of(root: Path, path: Path, dice: random.Random) -> list[Mutant]:
    """Return all mutants of a module in an order of chance."""
    text = (root / path).read_text(encoding="utf-8")
    count = len(list(ast.walk(ast.parse(text))))
    found = []
    for position in range(count):
        tree = ast.parse(text)
        node = list(ast.walk(tree))[position]
        for change, other in changes(node):
            ast.copy_location(other, node)
            broken = ast.fix_missing_locations(_Replace(node, other).visit(tree))
            found.append(
                Mutant(path, getattr(node, "lineno", 0), change, text, ast.unparse(broken))
            )
            break
    dice.shuffle(found)
    return found


def modules() -> list[Path]:
    families = sorted((ROOT / SEGMENTS / "operators").glob("[!_]*.py"))
    return [path.relative_to(ROOT) for path in families] + [
        SEGMENTS / f"{name}.py" for name in MODULES
    ]


def is_noticed(mutant: Mutant, tree: Path) -> bool:
    """Return whether a test fails, or never ends, with the mutant in place."""
    target = tree / mutant.path
    target.write_text(mutant.source, encoding="utf-8")
    try:
        return any(_fails(stage, tree) for stage in STAGES)
    finally:
        target.write_text(mutant.original, encoding="utf-8")


def _fails(stage: list[str], tree: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-n", "0", "-p", "no:randomly", *stage]
    try:
        done = subprocess.run(command, cwd=tree, capture_output=True, timeout=_SECONDS_A_STAGE)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> int:
    """Print survivors and figures; exit 1 where the tests fail without any mutant."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    dice = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in ("core", "tests", "docs"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", tree)
        pools = [mutants_of(tree, path, dice) for path in modules() if asked.only in str(path)]
        turns = (each for each in chain.from_iterable(zip_longest(*pools)) if each is not None)
        if any(_fails(stage, tree) for stage in STAGES):
            print("The tests fail without any mutant: mend that first.")
            return 1
        print(f"{sum(map(len, pools))} mutants in {len(pools)} modules", flush=True)
        _run(turns, tree, time.monotonic() + asked.minutes * 60)
    return 0


def _run(turns: Iterator[Mutant], tree: Path, until: float) -> None:
    tried: dict[Path, list[bool]] = {}
    for mutant in turns:
        if time.monotonic() > until:
            break
        noticed = is_noticed(mutant, tree)
        tried.setdefault(mutant.path, []).append(noticed)
        if not noticed:
            print(f"survived: {mutant.path}:{mutant.line} {_shown(mutant)}", flush=True)
    for path, answers in tried.items():
        print(f"{path}: {sum(answers)} of {len(answers)} noticed")
    everything = [answer for answers in tried.values() for answer in answers]
    print(f"together: {sum(everything)} of {len(everything)} noticed", flush=True)


def _shown(mutant: Mutant) -> str:
    """Return the line before and after."""
    before = ast.unparse(ast.parse(mutant.original))
    pairs = zip(before.splitlines(), mutant.source.splitlines(), strict=False)
    return next((f"{a.strip()} → {b.strip()}" for a, b in pairs if a != b), mutant.change)


if __name__ == "__main__":
    raise SystemExit(main())
