"""The two pages of reference: ``python -m tests.references`` writes them from the commands and the verbs themselves."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from types import FunctionType

from cosmemory import office
from cosmemory.frozen import fields
from cosmemory.interfaces.cli.declared import Declared, Parameter
from cosmemory.interfaces.cli.table import COMMANDS, load
from cosmemory.operations import agent_pages
from cosmemory.operations.handoff_packages import Package

DOCS = Path(__file__).parents[1] / "docs"
READING = ("--root", "--json")
CHANGING = ("--actor", "--message", "--expect", "--dry-run")

OPTIONS_HEAD = """# Every command and what it takes

What `--help` behind each command says, on one page. [Commands](commands.md) shows them at work.

| Everywhere | |
|---|---|
| `--root DIR` | The memory folder, or a project that holds it. |
| `--json` | Answer with one JSON object. |
| `-h`, `--help` | Say what the command takes. |

| With every command marked *changes* | |
|---|---|
"""
VERBS_HEAD = """# Every verb in Python

A memory that was opened with `open_memory` hands itself to each of these ([from Python](python.md)). What stands behind a `*`
is given by its name. A verb that changes something gives an `Outcome`, whose `result` is what is said here, and takes
`expected={page: revision}`. Those of `cosmemory.aio` are the same, awaited.
"""


def written(parameter: Parameter) -> str:
    """A parameter as a call of the command has it: ``TEXT``, ``[PAGE]…``, ``--priority P``."""
    if parameter.option:
        return f"{parameter.option} {_value_of(parameter)}".rstrip()
    name = parameter.metavar or parameter.name.upper()
    if name.startswith("["):  # it says itself what may be left out, and what given again
        return name.replace("...", "…")
    name = name.removesuffix("...")
    name = name if parameter.required else f"[{name}]"
    return f"{name}…" if parameter.many else name


def _value_of(parameter: Parameter) -> str:
    if parameter.flag:
        return ""
    if parameter.metavar:
        return parameter.metavar
    if parameter.choices:
        return "|".join(parameter.choices)
    return "N" if parameter.least is not None or parameter.decimal else "TEXT"


def _said(parameter: Parameter) -> str:
    said = [parameter.help or ""]
    if parameter.required:
        said.append("Required.")
    if parameter.many:
        said.append("May be given again.")
    if parameter.default and not parameter.flag:
        said.append(f"Else `{parameter.default}`.")
    return " ".join(each for each in said if each)


def _row(parameter: Parameter) -> str:
    # A pipe in a cell is text only where a backslash stands before it, in code too.
    name = written(parameter).replace("|", "\\|")
    return f"| `{name}` | {_said(parameter)} |\n"


def leaves(declared: Declared, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Declared]]:
    """Each command that can be called at or below ``declared``, with the words that call it."""
    if not declared.commands:
        yield path, declared
    for name, each in declared.commands.items():
        yield from leaves(each, (*path, name))


def commands() -> Iterator[tuple[tuple[str, ...], Declared]]:
    """Every command of the command line."""
    for name in COMMANDS:
        yield from leaves(load(name), (name,))


def _changes(command: Declared) -> bool:
    return {each.option for each in command.parameters}.issuperset(CHANGING)


def _section(path: tuple[str, ...], command: Declared) -> str:
    taken = {each.option: each for each in command.parameters if each.option}
    call = " ".join(["cosmemory", *path, *(written(each) for each in command.parameters if not each.option)])
    known = {*READING, *(CHANGING if _changes(command) else ())}
    rows = "".join(_row(each) for name, each in taken.items() if name not in known)
    marks = ["*changes*"] if _changes(command) else []
    marks += [f"without `{name}`" for name in READING if name not in taken]
    marks += ["called by git, not by people"] if command.hidden else []
    told = _prose(command.help) + (f" ({', '.join(marks)})" if marks else "")
    table = f"\n| Option | |\n|---|---|\n{rows}" if rows else ""
    return f"\n### `{call}`\n\n{told}\n{table}"


def _prose(text: str) -> str:
    """The text of a docstring in one line, with code as Markdown has it."""
    return " ".join(inspect.cleandoc(text).replace("``", "`").split())


def options_page() -> str:
    """The page ``docs/options.md``."""
    shared = {
        each.option: each
        for _, command in commands()
        if _changes(command)
        for each in command.parameters
        if each.option in CHANGING
    }
    parts = [OPTIONS_HEAD, *(_row(shared[name]) for name in CHANGING)]
    for name, (_, _, summary) in COMMANDS.items():
        declared = load(name)
        parts.append(f"\n## {name}\n")
        if declared.commands:
            parts.append(f"\n{summary}\n")
        parts += [_section(path, command) for path, command in leaves(declared, (name,))]
    return "".join(parts)


def verbs() -> Iterator[tuple[str, str, FunctionType]]:
    """Every verb, with its noun and its name."""
    for noun, modules in office.NOUNS.items():
        found = {name: verb for module in modules for name, verb in office.verbs_of(module).items()}
        yield from ((noun, name, found[name]) for name in sorted(found))


def _taken(verb: FunctionType) -> str:
    """What a verb takes behind its memory, by name; ``=`` marks what may be left out."""
    words: list[str] = []
    for each in list(inspect.signature(verb).parameters.values())[1:]:
        if each.kind is each.KEYWORD_ONLY and "*" not in words and not any(w.startswith("*") for w in words):
            words.append("*")
        mark = "*" if each.kind is each.VAR_POSITIONAL else ""
        if each.kind is each.VAR_KEYWORD:
            words.append(f"**{each.name}")
        elif each.name != "expected":
            words.append(f"{mark}{each.name}{'' if each.default is each.empty else '='}")
    return ", ".join(words[:-1] if words and words[-1] == "*" else words)


def _any_of(name: str) -> list[str]:
    """The names that ``**package`` or ``**asked`` stands for."""
    if name == "package":
        return [each.name for each in fields(Package)]
    (asked,) = (
        node
        for node in ast.walk(ast.parse(inspect.getsource(agent_pages)))
        if isinstance(node, ast.ClassDef) and node.name == "Asked"
    )
    return [node.target.id for node in asked.body if isinstance(node, ast.AnnAssign)]


def _first_sentence(verb: FunctionType) -> str:
    said = re.split(r"\n\s*\n", inspect.getdoc(verb) or "")[0]
    return _prose(said).replace("|", "\\|")


def _noun_section(noun: str, found: Iterable[tuple[str, FunctionType]]) -> str:
    rows = [f"| `{name}({_taken(verb)})` | {_first_sentence(verb)} |\n" for name, verb in found]
    more = dict.fromkeys(re.findall(r"\*\*(\w+)\)`", "".join(rows)))
    notes = [
        f"\n`**{name}` is any of {', '.join(f'`{each}=`' for each in _any_of(name))}.\n" for name in more
    ]
    return f"\n## memory.{noun}\n\n| Verb | |\n|---|---|\n{''.join(rows)}{''.join(notes)}"


def verbs_page() -> str:
    """The page ``docs/verbs.md``."""
    by_noun = groupby(verbs(), key=lambda each: each[0])
    sections = [_noun_section(noun, [each[1:] for each in found]) for noun, found in by_noun]
    return VERBS_HEAD + "".join(sections)


PAGES = {"options.md": options_page, "verbs.md": verbs_page}


def main() -> None:
    """Writes both pages."""
    for name, made in PAGES.items():
        (DOCS / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
