"""Commands that check pages: validate and rule."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from cosmemory.checks.run import Checked, CheckedPage
from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.errors import NotFound
from cosmemory.interfaces.cli.findings import (
    FORMATS,
    finding_list,
    formatted,
    rule_text,
    statistics,
    summary,
)
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import Session, difference, reading, session_of
from cosmemory.memory import Memory
from cosmemory.operations.fixing import chosen, fix
from cosmemory.rules import RULES, rule_of


@click.command()
@reading
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--output-format", "how", type=click.Choice(FORMATS), help="How findings are told.")
@click.option("--strict", is_flag=True, help="Warnings count as errors do.")
@click.option("--fix", "mend", is_flag=True, help="Make the fixes that are safe.")
@click.option("--unsafe-fixes", is_flag=True, help="Make the others as well.")
@click.option(
    "--diff", "show_diff", is_flag=True, help="Show what the fixes would change, and change nothing."
)
@click.option("--select", metavar="CODES", default="", help="Only these codes or families, such as COS2.")
@click.option("--ignore", metavar="CODES", default="", help="All but these.")
@click.option("--statistics", "count", is_flag=True, help="Tell how often each rule is broken.")
def validate(paths: tuple[str, ...], how: str | None, mend: bool, unsafe_fixes: bool, **options: Any) -> int:
    """Check pages: exit 0 when there is no error, 1 when there is, 2 when they cannot be checked."""
    session = session_of(options)
    memory = session.memory()
    named = _named(memory, paths)
    codes = {key: _codes(options[key]) for key in ("select", "ignore")}
    if mend or unsafe_fixes or options["show_diff"]:
        target = Rehearsal(memory.store)
        if options["show_diff"]:
            memory.store = target
        fix(memory, named, unsafe=unsafe_fixes, **codes)
        if options["show_diff"]:
            print_text(difference(target), end="")
            return 1 if target.changes else 0
    checked = memory.validate(named)
    pages = [replace(p, diagnostics=tuple(chosen(p.diagnostics, **codes))) for p in checked.pages]
    _tell(session, pages, checked, how, count=options["count"])
    return _exit_code(pages, strict=options["strict"])


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in text.split(",") if code.strip())


def _named(memory: Memory, paths: Sequence[str]) -> list[str] | None:
    """The pages that ``paths`` name, as people and pre-commit give them; a folder names all below it."""
    if not paths:
        return None
    root = os.path.realpath(getattr(memory.store, "root", "."))
    known = memory.store.paths()
    named: list[str] = []
    for path in paths:
        inside = os.path.relpath(os.path.realpath(path), root).replace(os.sep, "/")
        below = [each for each in known if inside in (".", each) or each.startswith(inside + "/")]
        if not below:
            below = [memory.path_of(path)]
        named += below
    return named


def _tell(
    session: Session, pages: Sequence[CheckedPage], checked: Checked, how: str | None, *, count: bool
) -> None:
    if session.as_json:
        print_json("findings", {"findings": finding_list(pages), "unchecked": list(checked.others)})
        return
    chosen_format = how or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "concise")
    text = statistics(pages) if count else formatted(pages, chosen_format)
    print_text(text, end="")
    if chosen_format in {"concise", "full"}:
        print_text(summary(pages))
        for path in checked.others:
            click.echo(f"note: {path} is no page of a known kind and was left alone", err=True)


def _exit_code(pages: Sequence[CheckedPage], *, strict: bool) -> int:
    counted = {"error", "warning"} if strict else {"error"}
    return int(any(each.severity in counted for page in pages for each in page.diagnostics))


@click.command()
@reading
@click.argument("code", required=False)
@click.option("--all", "every", is_flag=True, help="Every rule.")
def rule(code: str | None, every: bool, **options: Any) -> None:
    """Tell what a rule means, why, with an example: a code such as COS201, or its name."""
    session = session_of(options)
    if every or code is None:
        rules = list(RULES)
    else:
        found = rule_of(code)
        if found is None:
            raise NotFound(f"The rule {code!r}", "cosmemory rule --all lists them.")
        rules = [found]
    if session.as_json:
        keys = ("code", "name", "severity", "fix", "summary", "why", "example")
        print_json("rules", {"rules": [{key: getattr(each, key) for key in keys} for each in rules]})
    else:
        print_text("\n".join(rule_text(each) for each in rules), end="")
