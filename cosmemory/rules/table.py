"""The rules for pages: one table, from which reports, ``cosmemory rule`` and the docs are made."""

from __future__ import annotations

from cosmemory.rules import documents, passing, source, values
from cosmemory.rules.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FAMILIES = {
    "0": "Encoding and syntax",
    "1": "Structure",
    "2": "Tables",
    "3": "Times",
    "4": "Values",
    "5": "Across documents",
    "6": "Freshness",
    "9": "Suppressions",
}


RULES: tuple[Rule, ...] = (*source.RULES, *values.RULES, *documents.RULES, *passing.RULES)

_BY_NAME = {rule.name: rule for rule in RULES}
_BY_CODE = {rule.code: rule for rule in RULES}


def rule_named(name: str) -> Rule:
    """The rule called ``name``."""
    return _BY_NAME[name]


def rule_of(word: str, own: Iterable[Rule] = ()) -> Rule | None:
    """The rule with the code or name ``word``, in whatever case; ``own`` are those of a project."""
    found = _BY_CODE.get(word.upper()) or _BY_NAME.get(word.lower())
    return found or next(
        (each for each in own if word.upper() == each.code or word.lower() == each.name), None
    )


def close_rule(word: str, own: Iterable[Rule] = ()) -> str:
    """A hint at the rule that ``word`` may mean."""
    from difflib import get_close_matches

    names = [*_BY_NAME, *(each.name for each in own)]
    codes = [*_BY_CODE, *(each.code for each in own)]
    close = get_close_matches(word.lower(), names, 1) or get_close_matches(word.upper(), codes, 1, 0.8)
    return f"Did you mean {close[0]}?" if close else "cosmemory rule --all lists them."


def codes_of(word: str, own: Sequence[Rule] = ()) -> frozenset[str]:
    """The codes that ``word`` selects: a rule's code or name, or the first characters of codes (``COS3``)."""
    rule = rule_of(word, own)
    if rule is not None:
        return frozenset({rule.code})
    prefix = word.upper()
    codes = [*_BY_CODE] if prefix.startswith("COS") else [each.code for each in own]
    return frozenset(code for code in codes if prefix and code.startswith(prefix))
