"""Comments that stand behind a value."""

from __future__ import annotations


def without_comment(source: str) -> str:
    """``source`` less the comment at its end, which no reader of the page sees; a value's own is escaped."""
    bare = source.rstrip(" \t")
    if not bare.endswith("-->"):
        return source
    at = bare.rfind("<!--")
    if at < 0 or bare[at - 1 : at] == "\\" or "`" in bare[at:] or "-->" in bare[at:-3]:
        return source
    return bare[:at]
