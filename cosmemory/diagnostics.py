"""What is wrong on a page: a diagnostic with its code, its place and, where there is one, its fix."""

from __future__ import annotations

from dataclasses import dataclass

from cosmemory.rules import rule_named
from cosmemory.text.edits import Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Edits that mend what a diagnostic found; ``safe`` ones change no meaning."""

    edits: tuple[Edit, ...]
    safe: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding, at ``[start, end)`` of the page's text."""

    code: str
    name: str
    severity: str
    message: str
    start: int
    end: int
    fix: Fix | None = None


def report(name: str, message: str, start: int, end: int, *, fix: Fix | None = None) -> Diagnostic:
    """The finding of the rule called ``name``, at the severity that the rule has."""
    rule = rule_named(name)
    return Diagnostic(
        code=rule.code, name=rule.name, severity=rule.severity, message=message, start=start, end=end, fix=fix
    )
