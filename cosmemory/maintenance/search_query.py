"""What is asked of a search: words that must all occur, phrases, beginnings of words, and words that must not."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from cosmemory.errors import UsageError
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern

HOW = 'Write words, "whole phrases", beginnings* and -words that must not occur.'
# Scripts that put no blank between words: each of their characters is a word, and a run of them a phrase.
_UNSPACED = pattern(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff])"
)
APART = "\u200b"
_PLAIN = pattern("[A-Za-z0-9]+")
_TERM = pattern(r'(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)')


@frozen(kw_only=True)
class Term:
    """Tokens that must follow one another, the last of them as a whole or as a beginning."""

    tokens: tuple[str, ...]
    prefix: bool = False
    without: bool = False


def terms_of(words: str) -> tuple[Term, ...]:
    """What ``words`` ask for; what has no letter and no digit in it asks for nothing.

    Raises UsageError where nothing is asked for that must occur.
    """
    found = []
    for matched in _TERM.finditer(words):
        minus, phrase, word, star = matched.groups()
        text = phrase if word is None else word
        prefix = bool(star) or (word is not None and text.endswith("*"))
        tokens = tuple(token for token, _ in tokens_of(text))
        if tokens:
            found.append(Term(tokens=tokens, prefix=prefix, without=bool(minus)))
    if not any(not term.without for term in found):
        raise UsageError("The search names nothing that must occur.", HOW)
    return tuple(found)


def tokens_of(text: str) -> list[tuple[str, int]]:
    """The words of a text, their case and the accents of Latin letters taken away, each with its place."""
    if text.isascii():
        return [(word[0].lower(), word.start()) for word in _PLAIN.finditer(text)]
    found: list[tuple[str, int]] = []
    word, begin = "", 0
    for at, character in enumerate(text):
        folded = _folded(character)
        alone = folded is not None and _UNSPACED.match(character) is not None
        if word and (folded is None or alone):
            found.append((word, begin))
            word = ""
        if folded is None:
            continue
        if alone:
            found.append((folded, at))
            continue
        begin = begin if word else at
        word += folded
    if word:
        found.append((word, begin))
    return [(token, at) for token, at in found if token]


@lru_cache(maxsize=4096)
def _folded(character: str) -> str | None:
    """What a character counts as in a word; None for one that parts words."""
    if 0x300 <= ord(character) <= 0x331:
        return ""
    category = unicodedata.category(character)
    if category[0] not in "LN" and category != "Co":
        return None
    bare = unicodedata.normalize("NFD", character)[0]
    lower = (bare if bare.isascii() else character).casefold()
    return lower if len(lower) == 1 else character.lower()[:1]


def apart(text: str) -> str:
    """A text with what parts words put between characters of scripts that have no blanks."""
    return text if text.isascii() else _UNSPACED.sub(rf"{APART}\1{APART}", text)


def together(text: str) -> str:
    """The text again."""
    return text.replace(APART, "")


def match_of(terms: tuple[Term, ...]) -> str:
    """The terms as FTS5 is asked for them: every token quoted, so that none is taken for one of its operators."""
    wanted = " AND ".join(_quoted(term) for term in terms if not term.without)
    refused = " OR ".join(_quoted(term) for term in terms if term.without)
    return f"(({wanted}) NOT ({refused}))" if refused else f"({wanted})"


def _quoted(term: Term) -> str:
    return f'words : "{" ".join(term.tokens)}"{" *" if term.prefix else ""}'


def found_at(terms: tuple[Term, ...], text: str) -> list[tuple[int, int]]:
    """Where the terms stand in a text that fits all of them, from the first place on; nowhere in any other."""
    tokens = tokens_of(text)
    spans: list[tuple[int, int]] = []
    for term in terms:
        size = len(term.tokens)
        places = [at for at in range(len(tokens) - size + 1) if _stands(term, tokens, at)]
        if bool(places) == term.without:
            return []
        spans += [(tokens[at][1], _end(text, tokens[at + size - 1][1])) for at in places]
    return sorted(spans)


def _stands(term: Term, tokens: list[tuple[str, int]], at: int) -> bool:
    held = [token for token, _ in tokens[at : at + len(term.tokens)]]
    if held[:-1] != list(term.tokens[:-1]):
        return False
    return held[-1].startswith(term.tokens[-1]) if term.prefix else held[-1] == term.tokens[-1]


def _end(text: str, start: int) -> int:
    """Where the word that begins at ``start`` ends."""
    if _UNSPACED.match(text[start]):
        return start + 1
    end = start
    while end < len(text) and _folded(text[end]) is not None and not _UNSPACED.match(text[end]):
        end += 1
    return end
