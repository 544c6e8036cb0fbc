"""What a command does about an error, said as the tool that does it: here a model has no command line."""

from __future__ import annotations

from cosmemory.pattern import pattern

_TOOLS = tuple(
    (pattern(command), tool)
    for command, tool in (
        (r"cosmemory action list(?: --all)?\b", "read_document cos-state"),
        (r"cosmemory alert list(?: --all)?\b", "read_document alerts/active-alerts"),
        (r"cosmemory alert raise\b", "raise_alert"),
        (r"cosmemory team list(?: --all)?\b", "read_document team-roster"),
        (r"cosmemory team join\b", "upsert_member"),
        (r"cosmemory team task, role or status\b", "upsert_member"),
        (r"cosmemory handoff list(?: --all)?\b", "list_documents with the kind handoff"),
        (r"cosmemory handoff show (\S+)", r"read_document handoffs/\1"),
        (r"cosmemory handoff accept\b", "create_handoff with the move accept"),
        (r"cosmemory handoff complete\b", "create_handoff with the move complete"),
        (r"cosmemory kinds\b", "list_documents"),
        (r"^Write cosmemory log TYPE\b", "Use the argument type"),
        (r"^(Use|Give) --(\w+)", r"\1 the argument \2"),
    )
)


def in_tools(hint: str) -> str:
    """``hint`` with the commands that a tool replaces called by its name."""
    for command, tool in _TOOLS:
        hint = command.sub(tool, hint)
    return hint
