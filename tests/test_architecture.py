"""The house keeps its shape: small modules, no cycles, a ring that starts fast, and only declared imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import cosmemory

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
LONGEST_SCRIPT = 60

# Modules that appending an event goes through; it must start in the time of bare Python.
LEAN_RING = {
    "cosmemory",
    "cosmemory.__main__",
    "cosmemory.actor",
    "cosmemory.clock",
    "cosmemory.engines",
    "cosmemory.engines.files",
    "cosmemory.engines.files.append",
    "cosmemory.engines.files.disk",
    "cosmemory.engines.files.lock",
    "cosmemory.engines.files.log",
    "cosmemory.engines.files.signature",
    "cosmemory.engines.files.spool",
    "cosmemory.engines.tail",
    "cosmemory.errors",
    "cosmemory.interfaces",
    "cosmemory.interfaces.cli",
    "cosmemory.interfaces.cli.fast_log",
    "cosmemory.root",
    "cosmemory.syntax",
    "cosmemory.syntax.entry",
    "cosmemory.syntax.escape",
    "cosmemory.text",
    "cosmemory.text.digest",
}
LEAN_IMPORTS = {"__future__", "_sha2", "_sha256", "_thread", "errno", "fcntl", "msvcrt", "os", "sys", "time"}

UNFINISHED = re.compile(r"\b(TODO|FIXME|NotImplementedError)\b")
BANNED_NAMES = {"utils", "util", "core", "common", "helper", "helpers", "manager", "handler", "base"}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in sorted((ROOT / "cosmemory").rglob("*.py"))}
TREES = {name: ast.parse(path.read_bytes()) for name, path in MODULES.items()}
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
every_module = pytest.mark.parametrize("module", MODULES)


def _is_type_checking(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING")


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Every statement that runs when the module is imported; functions and annotations do not."""
    found = []
    for statement in body:
        if _is_type_checking(statement):
            found += _statements(statement.orelse)
        elif not isinstance(statement, FUNCTION):
            found.append(statement)
            for inner in ("body", "orelse", "finalbody"):
                found += _statements(getattr(statement, inner, []))
            for handler in getattr(statement, "handlers", []):
                found += _statements(handler.body)
    return found


def _imported(statement: ast.AST) -> set[str]:
    """The modules that one import statement names."""
    if isinstance(statement, ast.Import):
        return {alias.name for alias in statement.names}
    if isinstance(statement, ast.ImportFrom):
        module = statement.module or ""
        inner = {f"{module}.{alias.name}" for alias in statement.names} & MODULES.keys()
        # `from package import module` needs the module; the package is only on the way.
        return inner if len(inner) == len(statement.names) else inner | {module}
    return set()


def _imported_on_import(module: str) -> set[str]:
    return {name for statement in _statements(TREES[module].body) for name in _imported(statement)}


def _imported_anywhere(module: str) -> set[str]:
    return {name for node in ast.walk(TREES[module]) for name in _imported(node)}


def _texts(*folders: str) -> dict[str, str]:
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in files
        if "__pycache__" not in path.parts
    }


@every_module
def test_a_module_is_short(module):
    assert MODULES[module].read_bytes().count(b"\n") <= LONGEST_MODULE


@every_module
def test_every_function_is_short(module):
    functions = [node for node in ast.walk(TREES[module]) if isinstance(node, FUNCTION)]
    lines = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
    assert {name: count for name, count in lines.items() if count > LONGEST_FUNCTION} == {}


@every_module
def test_a_module_says_what_it_is(module):
    empty = not TREES[module].body
    assert empty or ast.get_docstring(TREES[module])


@every_module
def test_a_name_says_what_it_holds(module):
    classes = {node.name for node in ast.walk(TREES[module]) if isinstance(node, ast.ClassDef)}
    assert not BANNED_NAMES & set(module.split("."))
    assert not {name for name in classes if name.endswith(("Manager", "Handler", "Helper", "Base", "Utils"))}


def test_scripts_are_short():
    lines = {name: text.count("\n") for name, text in _texts("scripts", ".ci").items()}
    assert {name: count for name, count in lines.items() if count > LONGEST_SCRIPT} == {}


def test_nothing_is_left_unfinished():
    texts = _texts("cosmemory", "scripts", "templates", ".ci")
    assert [name for name, text in texts.items() if UNFINISHED.search(text)] == []


def test_no_file_names_a_place_on_this_machine():
    texts = _texts("cosmemory", "scripts", "templates", "tests", "docs", "design", ".ci")
    place = re.compile(rf"(?<![\w}}\]).])({re.escape(str(ROOT))}|{re.escape(str(Path.home()))})/")
    assert [name for name, text in texts.items() if place.search(text)] == []


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: _imported_on_import(name) & MODULES.keys() - {name} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_only_declared_packages_are_imported():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = settings["project"].get("optional-dependencies", {}).values()
    every = [*settings["project"]["dependencies"], *(each for extra in extras for each in extra)]
    declared = {Requirement(each).name for each in every}
    roots = {name.partition(".")[0] for module in MODULES for name in _imported_anywhere(module)}
    lean_digests = {"_sha2", "_sha256"}  # the standard library's own, called so in one of its versions
    foreign = roots - sys.stdlib_module_names - lean_digests - {"cosmemory"}
    owners = packages_distributions()
    assert {
        name
        for name in foreign
        if not declared & {each.lower().replace("_", "-") for each in owners.get(name, ())}
    } == set()


@pytest.mark.parametrize("module", sorted(LEAN_RING & MODULES.keys()))
def test_the_lean_ring_imports_next_to_nothing(module):
    fallback = {"hashlib"} if module == "cosmemory.text.digest" else set()
    assert _imported_on_import(module) - LEAN_RING - LEAN_IMPORTS == fallback


@pytest.mark.parametrize("module", sorted(LEAN_RING & MODULES.keys()))
def test_the_lean_ring_loads_next_to_nothing(module):
    program = f"""
import errno, os, sys, time
sys.path.insert(0, {str(ROOT)!r})
before = set(sys.modules)
import {module}
print(*set(sys.modules) - before)
"""
    # -S: what the environment's own start-up files load must not hide what the module loads.
    command = [sys.executable, "-I", "-S", "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(result.stdout.split()) - LEAN_RING - LEAN_IMPORTS == set()


def test_every_public_name_is_there():
    names = cosmemory._PUBLIC
    for name, module in names.items():
        assert getattr(cosmemory, name) is getattr(import_module(f"cosmemory.{module}"), name)
    assert sorted(cosmemory.__all__) == sorted(["__version__", *names])
    assert set(names) <= set(dir(cosmemory))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        cosmemory.no_such_name  # noqa: B018


@every_module
def test_no_pattern_holds_a_group_that_never_gives_back(module):
    # Python before 3.11.5 matches possessive groups wrongly when something inside them backtracks.
    texts = [node.value for node in ast.walk(TREES[module]) if isinstance(node, ast.Constant)]
    patterns = [text for text in texts if isinstance(text, str) and "(?" in text]
    assert not [text for text in patterns if re.search(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+", text)]
