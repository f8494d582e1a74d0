"""The figures of the house: how many rooms, how large, how long a way; run to print them, imported by a test.

``python tests/house.py`` prints each figure beside its bound and ends with 1 where one is over it. A bound is what
was reached and may be lowered. What a new capability adds may raise `modules` and `lines` by its own size, so their
aims have grown with the program. They were 150 and 23,000 of the 195 modules and 27,424 lines of commit 0ff7d3a. By
what the commits on capabilities (not on form) have added net since, input that is refused or told right, disclosure
and speed took 24 modules and 5,000 lines; designs, packages, rounds, exports and analysts' own notebooks took 30 and
6,400; plans frozen beforehand, signatures and shelves, layouts of files, figures of no event, open data and databases
took 24 and 5,700; reporting units, comments and kinds of answers, a form of steps, the sender, the press and figures
for telephones, an analyst's own tables took 25 and 5,100; units, comments, several choices and the sender in the form,
what is brought back, a page of all rounds and a sheet of all municipalities took 8 and 1,700; work done beside other
work, and drawings that ask matplotlib once, took 4 and 750; what is safe to publish found by exchanges, large files
read a column at a time and results handed on took 2 and 640: 267 modules and 48,290 lines. The commonest of our objects
should stand in fewer than 60 signatures.

An object in many signatures is a clump where it is context: handed from function to function until one needs it, as
the names and texts of a report were to 269 of them. Then an object is missing that has it bound (`Writer`). A `Row` is
no context but the datum itself, to a sentence what an array is to an estimate: it is printed and not bounded.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "jobreport"
BOUNDS = {
    "modules flat": 5,
    "rows of the plan": 20,
    "lines of the longest module": 400,
    "modules": 257,
    "lines": 47_845,
    "signatures with the commonest of our objects": 53,
    "code lines of a function, median": 6,
    "code lines of a function, p90": 16,
    "rooms in the longest chain": 12,
}
DATA = {"Row"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> dict[str, Path]:
    """Dotted name -> file of every module of the package."""
    return {
        ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in sorted(PACKAGE.rglob("*.py"))
    }


def room(module: str) -> str:
    """The row of the plan that a module belongs to: jobreport.intake.formats.delimited -> intake."""
    return [*module.split("."), "__init__"][1]


def statements(source: str | ast.Module) -> Iterator[ast.AST]:
    """Every statement of a source text, however deep: imports, classes and functions are never within an expression."""
    waiting: list[ast.AST] = [ast.parse(source) if isinstance(source, str) else source]
    for node in waiting:
        yield node
        for inside in ("body", "orelse", "handlers", "finalbody", "cases"):
            waiting += getattr(node, inside, ())


def imported(source: str | ast.Module, module: str, *, is_package: bool, known: Mapping[str, object]) -> set[str]:
    """The project's modules that a source text imports, anywhere in it."""
    found = set()
    for node in statements(source):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        if isinstance(node, ast.ImportFrom):
            parents = module.split(".")[: None if is_package else -1]
            above = parents[: len(parents) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            found |= {full if (full := f"{base}.{name.name}") in known else base for name in node.names}
    return {name for name in found if name.split(".")[0] == "jobreport" and name != module}


class Seen(NamedTuple):
    """What is asked of a module's source, which is parsed once."""

    says: str | None  # what it is for
    imports: set[str]
    classes: set[str]
    functions: list[tuple[int, set[Any]]]  # code lines, and the names in the annotations of the arguments


@cache
def seen() -> dict[str, Seen]:
    """Every module and what stands in it."""
    known, found = modules(), {}
    for name, file in known.items():
        source = file.read_text(encoding="utf-8")
        tree, lines = ast.parse(source), source.splitlines()
        imports = imported(tree, name, is_package=file.name == "__init__.py", known=known)
        there = list(statements(tree))
        classes = {node.name for node in there if isinstance(node, ast.ClassDef)}
        functions = [(code_lines(node, lines), noted(node)) for node in there if isinstance(node, Function)]
        found[name] = Seen(ast.get_docstring(tree), imports, classes, functions)
    return found


def all_imports() -> dict[str, set[str]]:
    """Every module and what it imports of the project."""
    return {name: module.imports for name, module in seen().items()}


def room_imports() -> dict[str, set[str]]:
    """Every row of the plan and the rows that it imports; the package's own first module is none."""
    found: dict[str, set[str]] = {}
    for name, targets in all_imports().items():
        found.setdefault(room(name), set()).update(map(room, targets))
    return {name: targets - {name, "__init__"} for name, targets in found.items()}


def longest_chain(imports: Mapping[str, set[str]]) -> int:
    """How many stand in the longest way along imports: a imports b imports c are three."""

    @cache
    def chain(name: str) -> int:
        return 1 + max((chain(target) for target in imports.get(name, ())), default=0)

    return max(map(chain, imports))


def code_lines(function: Function, source: list[str]) -> int:
    """Lines of a function that hold code: no docstring, no comment, no blank line."""
    after = function.body[1:] if ast.get_docstring(function) is not None else function.body
    head = range(function.lineno, function.body[0].lineno)
    body = range(after[0].lineno, function.end_lineno + 1) if after and function.end_lineno else ()
    numbers = sorted({*head, *body})
    return sum(bool(text) and not text.startswith("#") for text in (source[number - 1].strip() for number in numbers))


def definitions() -> tuple[list[int], Counter[str]]:
    """Code lines of every function, and how many signatures take an object of each of the project's own classes."""
    functions = [function for module in seen().values() for function in module.functions]
    ours = {name for module in seen().values() for name in module.classes}
    taken = Counter(name for _, names in functions for name in names if name in ours)
    return sorted(length for length, _ in functions), taken


def noted(function: Function) -> set[Any]:
    """Every name in the annotations of a function's arguments: Labels, and that of wording.Labels."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    nodes = (node for argument in arguments if argument.annotation for node in ast.walk(argument.annotation))
    return {getattr(node, "id", None) or getattr(node, "attr", None) for node in nodes} - {None}


def plan() -> list[str]:
    """Names in the first column of the plan in jobreport/README.md, in its order."""
    rows = (PACKAGE / "README.md").read_text(encoding="utf-8").split("| Room |", 1)[1].split("\n\n", 1)[0]
    return [line.split("`")[1].rstrip("/") for line in rows.splitlines() if line.startswith("| `")]


@cache
def figures() -> dict[str, float]:
    """Every figure that has a bound."""
    sizes = {name: len(file.read_text(encoding="utf-8").splitlines()) for name, file in modules().items()}
    lengths, clumps = definitions()
    return {
        "modules flat": sum(file.parent == PACKAGE for file in modules().values()),
        "rows of the plan": len(plan()),
        "lines of the longest module": max(sizes.values()),
        "modules": len(sizes),
        "lines": sum(sizes.values()),
        "signatures with the commonest of our objects": max(n for name, n in clumps.items() if name not in DATA),
        "code lines of a function, median": statistics.median(lengths),
        "code lines of a function, p90": lengths[int(0.9 * len(lengths))],
        "rooms in the longest chain": longest_chain(room_imports()),
    }


def main() -> int:
    """Print every figure beside its bound."""
    found = figures()
    for name, value in found.items():
        over = "" if value <= BOUNDS[name] else "  OVER"
        print(f"{name:<46} {value:>8,.0f}  at most {BOUNDS[name]:>7,}{over}")  # noqa: T201
    print("commonest objects in signatures:", ", ".join(f"{name} {n}" for name, n in definitions()[1].most_common(5)))  # noqa: T201
    return int(any(value > BOUNDS[name] for name, value in found.items()))


if __name__ == "__main__":
    sys.exit(main())
