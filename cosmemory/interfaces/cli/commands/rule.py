"""The command that explains rules."""

from __future__ import annotations

from cosmemory.errors import NoMemory, NotFound
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.findings import STYLES
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text
from cosmemory.interfaces.cli.rules_page import rule_text
from cosmemory.interfaces.cli.session import Session, reading, session_of
from cosmemory.interfaces.cli.terminal import prose, show, styled, table
from cosmemory.rules.rule import NONE, SAFE, UNSAFE, Rule
from cosmemory.rules.table import RULES, close_rule, rule_of

_FIXES = {SAFE: "--fix", UNSAFE: "--unsafe-fixes", NONE: ""}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@reading
@argument("code", required=False)
@option("--all", "every", flag=True, help="Explain every rule.")
def rule(code: str | None, every: bool, **options: Any) -> None:
    """Explain a rule: what it finds, why that is bad, with an example.

    CODE is a code such as COS201, or the name of a rule; without one every rule is told.
    """
    session = session_of(options)
    found = rule_of(code) if code is not None and not every else None
    own = () if found is not None else _own(session)
    if every or code is None:
        rules = [*RULES, *own]
    else:
        found = found or rule_of(code, own)
        if found is None:
            raise NotFound(f"The rule {code!r}", close_rule(code, own))
        rules = [found]
    if session.as_json:
        keys = ("code", "name", "severity", "fix", "summary", "why", "example", "remedy")
        print_json("rules", {"rules": [{key: getattr(each, key) for key in keys} for each in rules]})
    elif not on_terminal():
        print_text("\n".join(rule_text(each) for each in rules), end="")
    elif code is None and not every:
        _show_table(rules)
    else:
        show(_painted(line) for each in rules for line in rule_text(each).split("\n"))


def _own(session: Session) -> tuple[Rule, ...]:
    """The rules of the project's own checks, where there is a memory that has such."""
    from cosmemory.checks.project import project_of

    try:
        return project_of(session.memory().settings).rules
    except NoMemory:
        return ()


def _show_table(rules: list[Rule]) -> None:
    """Every rule on a line or two, for a terminal."""
    rows = [
        [(each.code, STYLES[each.severity]), (each.name, ""), (_FIXES[each.fix], "good"), (each.summary, "")]
        for each in rules
    ]
    show(table(rows, ("Code", "Name", "Fix", "What it does")))
    show(["", *prose("cosmemory rule CODE explains one, cosmemory rule --all explains all.", "quiet")])


def _painted(line: str) -> str:
    return styled(line.lstrip("# "), "title") if line.startswith("#") else styled(line, "")
