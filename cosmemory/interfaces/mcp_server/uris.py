"""How the memory's resources are called."""

from __future__ import annotations

from urllib.parse import quote

from cosmemory.kinds import ARCHIVE, LOG_PATH

BRIEF = "cosmemory://brief"
DOCUMENT = "cosmemory://documents/{+path}"
LOG = "cosmemory://log/{week}"
SCHEMA = "cosmemory://schema/{kind}"
CURRENT = "current"
_DOCUMENTS = DOCUMENT.partition("{")[0]
_LOGS = LOG.partition("{")[0]


def uris_of(path: str) -> list[str]:
    """Every name under which the page at ``path`` is a resource, the one that is listed first."""
    name = quote(path, safe="/", errors="surrogateescape")
    named = [f"{_DOCUMENTS}{name.removesuffix('.md')}", f"{_DOCUMENTS}{name}"]
    week = week_of(path)
    return [*named, f"{_LOGS}{week}"] if week else named


def week_of(path: str) -> str:
    """The week whose events stand on the log page at ``path``; ``current`` for the one that grows, else nothing."""
    archived = ARCHIVE.fullmatch(path)
    return archived[1] if archived else CURRENT if path == LOG_PATH else ""
