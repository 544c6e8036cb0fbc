"""The command that explains rules."""

from __future__ import annotations

from cosmemory.errors import NotFound
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.rules_page import rule_text
from cosmemory.interfaces.cli.session import reading, session_of
from cosmemory.rules import RULES, close_rule, rule_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@reading
@argument("code", required=False)
@option("--all", "every", flag=True, help="Every rule.")
def rule(code: str | None, every: bool, **options: Any) -> None:
    """Tell what a rule means, why, with an example: a code such as COS201, or its name."""
    session = session_of(options)
    if every or code is None:
        rules = list(RULES)
    else:
        found = rule_of(code)
        if found is None:
            raise NotFound(f"The rule {code!r}", close_rule(code))
        rules = [found]
    if session.as_json:
        keys = ("code", "name", "severity", "fix", "summary", "why", "example", "remedy")
        print_json("rules", {"rules": [{key: getattr(each, key) for key in keys} for each in rules]})
    else:
        print_text("\n".join(rule_text(each) for each in rules), end="")
