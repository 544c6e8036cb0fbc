"""What a rule for pages is."""

from __future__ import annotations

from cosmemory.frozen import frozen

ERROR, WARNING, INFO = "error", "warning", "info"
SAFE, UNSAFE, NONE = "safe", "unsafe", "none"


@frozen()
class Rule:
    """One rule: a code that is never used again, a name, how grave a breach is, and if it can be mended."""

    code: str
    name: str
    severity: str
    fix: str
    summary: str
    why: str
    example: str
    remedy: str
