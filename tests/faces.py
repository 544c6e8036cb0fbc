"""The nouns of a memory as type checkers and editors see them: ``python -m tests.faces`` writes the two stub files.

A noun's verbs are found at run time (``cosmemory.office``); the stubs spell them out from their sources.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import run
from types import FunctionType

import cosmemory
from cosmemory import aio, memory, office, reader

HEAD = """# {}
# Written by `python -m tests.faces`, from the verbs themselves.

from collections.abc import AsyncIterator, Callable
from types import FunctionType
from typing import Any

{}

"""
OFFICE = """NOUNS: dict[str, tuple[str, ...]]

class Noun:
    def __init__(self, held: cosmemory.memory.Memory, modules: tuple[str, ...]) -> None: ...
    def __getattr__(self, verb: str) -> Callable[..., Any]: ...

def verbs_of(module: str) -> dict[str, FunctionType]: ...

class Memory(cosmemory.memory.Memory):
"""
AIO = """async def open_memory(
    path: str | None = None, *, actor: str | None = None, message: str = "",
    settings: cosmemory.config.Settings | None = None,
    kinds: Sequence[cosmemory.kinds.Kind] = (),
) -> Memory: ...

class Memory:
    sync: cosmemory.office.Memory
    def __init__(self, sync: cosmemory.office.Memory) -> None: ...
    def once(self, key: str, call: str = "") -> Memory: ...
"""
WORDS = {
    "office": "A memory with its verbs by noun.",
    "aio": "A memory for event loops: every verb is awaited.",
}


class Names(ast.NodeTransformer):
    """Writes every name of an annotation out in full, so that names of different modules never meet."""

    def __init__(self, module: ast.Module, name: str) -> None:
        self.found: set[str] = set()
        self._from = {
            each.asname or each.name: f"{node.module}.{each.name}"
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom)
            for each in node.names
        }
        self._here = name

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in vars(builtins) or node.id in {"Any", "Callable"}:
            return node
        full = self._from.get(node.id, f"{self._here}.{node.id}")
        module, _, name = full.rpartition(".")
        if not module.startswith("cosmemory"):
            self.found.add(f"from {module} import {name}")
            return ast.Name(name)
        self.found.add(f"import {module}")
        return ast.parse(full, mode="eval").body


def verb_of(function: FunctionType, names: Callable[[str], Names], used: set[str], *, awaited: bool) -> str:
    """The stub of one verb, without the memory that it begins with."""
    source = ast.parse(Path(inspect.getsourcefile(function)).read_text())
    found = next(
        node
        for node in ast.walk(source)
        if isinstance(node, ast.FunctionDef)
        and node.name == function.__name__
        and node.lineno <= function.__code__.co_firstlineno + len(node.decorator_list) <= node.body[0].lineno
    )
    transform = names(function.__module__)
    arguments = transform.visit(found.args)
    held = arguments.posonlyargs or arguments.args
    held[0] = ast.arg("self")
    arguments.defaults = [_shown(each) for each in arguments.defaults]
    arguments.kw_defaults = [each and _shown(each) for each in arguments.kw_defaults]
    gives = transform.visit(found.returns)
    used |= transform.found
    said = ast.unparse(gives)
    if awaited and aio.gives_items(function):
        said = "AsyncIterator" + said[said.index("[") :]
        awaited = False
    return f"    {'async ' * awaited}def {found.name}({ast.unparse(arguments)}) -> {said}: ..."


def _shown(default: ast.expr) -> ast.expr:
    return default if isinstance(default, ast.Constant) else ast.Constant(...)


def _names_of(module: str) -> Names:
    return Names(ast.parse(Path(sys.modules[module].__file__).read_text()), module)


def own_verbs() -> Iterator[FunctionType]:
    """What a memory does besides its nouns."""
    for name in sorted(aio._OWN):
        yield next(vars(each)[name] for each in (memory.Memory, reader.Reader) if name in vars(each))


def stub(face: str) -> str:
    """The stub file of ``office`` or ``aio``."""
    awaited = face == "aio"
    known = ("config", "memory", "office") if awaited else ("memory",)
    used = {f"import cosmemory.{each}" for each in known}
    body = [AIO if awaited else OFFICE]
    own = [verb_of(each, _names_of, used, awaited=True) for each in own_verbs()] if awaited else []
    body += [f"{each}\n" for each in own]
    body += [f"    @property\n    def {noun}(self) -> {noun.title()}: ...\n" for noun in office.NOUNS]
    for noun, modules in office.NOUNS.items():
        verbs = {name: verb for module in modules for name, verb in office.verbs_of(module).items()}
        stubs = [verb_of(verbs[name], _names_of, used, awaited=awaited) for name in sorted(verbs)]
        body.append(f"\nclass {noun.title()}:\n" + "\n".join(stubs) + "\n")
    imports = "\n".join(sorted(used, key=lambda each: each.split()[1]))
    return HEAD.format(WORDS[face], imports) + "".join(body)


def place_of(face: str) -> Path:
    """Where a stub file stands."""
    return Path(cosmemory.__file__).parent / f"{face}.pyi"


def formatted(text: str) -> str:
    """``text`` as the formatter has it, names that nothing uses left out."""
    ruff = [sys.executable, "-m", "ruff"]
    for step in (["check", "-q", "--fix-only", "--select", "F,I"], ["format", "-q"]):
        call = [*ruff, *step, "--stdin-filename", "cosmemory/face.pyi", "-"]
        text = run(call, input=text, capture_output=True, text=True, check=True).stdout
    return text


def main() -> None:
    """Writes both stub files."""
    for face in WORDS:
        place_of(face).write_text(formatted(stub(face)))


if __name__ == "__main__":
    main()
