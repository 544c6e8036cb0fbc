"""The tool for handoffs: work handed over, and what the one who takes it answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from cosmemory.errors import UsageError
from cosmemory.interfaces.mcp_server.arguments import LONGEST_PROSE, Expected, Key, Line, Lines, Prose
from cosmemory.interfaces.mcp_server.changing import Changed, change
from cosmemory.memory import Outcome
from cosmemory.office import Memory

FOLDER = "handoffs/"
# What is said of a handoff after each move.
MOVED = {
    "create": "handed over",
    "acknowledge": "acknowledged",
    "start": "started",
    "accept": "marked with what is met",
    "complete": "completed",
    "reject": "rejected",
}


def create_handoff(
    move: Annotated[
        Literal["create", "acknowledge", "start", "accept", "complete", "reject"],
        Field(
            description="create hands over; all others need handoff_id and answer one that is there. accept marks "
            "the one of its acceptance_criteria that is met, or all where none is given; complete needs all of them."
        ),
    ] = "create",
    project: Annotated[Line, Field(description="What is handed over, for a new one.")] = "",
    from_agent: Annotated[Line, Field(description="Who hands over.")] = "",
    to_agent: Annotated[Line, Field(description="Who is to take it.")] = "",
    context: Annotated[Prose, Field(description="What the other must know.")] = "",
    current_state: Annotated[Prose, Field(description="How far it is.")] = "",
    next_steps: Annotated[Lines, Field(description="What is to be done, one step each.")] = [],  # noqa: B006
    deliverables: Annotated[Lines, Field(description="What must come of it.")] = [],  # noqa: B006
    acceptance_criteria: Annotated[Lines, Field(description="What must hold before it is complete.")] = [],  # noqa: B006
    files: Annotated[Lines, Field(description="Files that belong to it.")] = [],  # noqa: B006
    instructions: Annotated[Prose, Field(description="How it is to be done.")] = "",
    data: Annotated[dict[str, Any], Field(description="Values of any shape, by key.")] = {},  # noqa: B006
    previous: Annotated[Line, Field(description="The id of the handoff that it goes on from.")] = "",
    expires: Annotated[Line, Field(description="Until when it must be taken: 2h, 7d or a time.")] = "",
    handoff_id: Annotated[Line, Field(description="The one that is answered.")] = "",
    content_sha256: Annotated[
        Line,
        Field(description="Its Content SHA256 as you read it, with acknowledge: that you know what it says."),
    ] = "",
    notes: Annotated[Prose, Field(description="What else there is to say; with reject, why.")] = "",
    expected_revision: Expected = "",
    idempotency_key: Key = "",
) -> Changed:
    """Hand work over to another agent, or answer a handoff: acknowledge, start, complete or reject it.

    Read a handoff to you (read_document handoffs/ID) and acknowledge it with its hash before you begin. A new one is
    made at handoffs/ID; its id is given back as key.
    """
    made = {
        "project": project, "from_agent": from_agent, "to_agent": to_agent, "context": context,
        "current_state": current_state, "next_steps": next_steps, "deliverables": deliverables,
        "acceptance_criteria": acceptance_criteria, "files": files, "instructions": instructions, "data": data,
        "previous": previous, "expires": expires,
    }  # fmt: skip
    _refuse_mixed(move, handoff_id, content_sha256, notes, made)

    def verb(opened: Memory, expected: dict[str, str] | None) -> Outcome[str]:
        if move != "create":
            met = next(iter(acceptance_criteria), None)
            return _answered(opened, move, handoff_id, content_sha256, notes, met, expected)
        given: dict[str, Any] = {name: value for name, value in made.items() if value and name != "project"}
        return opened.handoffs.create(project, notes=notes or None, expected=expected, **given)

    return change(
        f"{FOLDER}{handoff_id}" if handoff_id else "",
        verb,
        lambda key: f"Handoff {key} is {MOVED[move]}.",
        expected_revision=expected_revision,
        idempotency_key=idempotency_key,
    )


def _answered(
    opened: Memory,
    move: str,
    key: str,
    sha256: str,
    notes: str,
    criterion: str | None,
    expected: dict[str, str] | None,
) -> Outcome[str]:
    """The handoff ``key`` moved on by who it is for."""
    handoffs = opened.handoffs
    if move == "acknowledge":
        return handoffs.acknowledge(key, sha256, expected=expected)
    if move == "start":
        return handoffs.start(key, expected=expected)
    if move == "accept":
        return handoffs.accept(key, criterion, expected=expected)
    if move == "complete":
        return handoffs.complete(key, notes=notes or None, expected=expected)
    return handoffs.reject(key, reason=notes, expected=expected)


def _refuse_mixed(move: str, handoff_id: str, sha256: str, notes: str, made: dict[str, Any]) -> None:
    """Refuses arguments that the move has no use for: what is not heeded must not look as if it were."""
    if len(str(made["data"])) > LONGEST_PROSE:
        raise UsageError(
            f"data has more than {LONGEST_PROSE} characters.", "Name the file that holds it in files."
        )
    if move == "create":
        missing = [name for name in ("project", "from_agent", "to_agent") if not made[name]]
        if missing:
            raise UsageError(f"A new handoff needs {' and '.join(missing)}.", "Say who hands what to whom.")
        if handoff_id or sha256:
            raise UsageError("A new handoff gets its id and hash itself.", "Leave handoff_id and hash out.")
        return
    if not handoff_id:
        raise UsageError(f"{move} needs handoff_id.", "get_brief lists the handoffs that wait.")
    if move == "accept":
        if len(made["acceptance_criteria"]) > 1:
            raise UsageError("accept takes one criterion at a time.", "Give none of them to mark all as met.")
        made = {**made, "acceptance_criteria": []}
    if more := [name for name, value in made.items() if value]:
        raise UsageError(f"{move} takes no {more[0]}.", "Leave it out, or create a handoff with it.")
    if (move == "acknowledge") != bool(sha256):
        raise UsageError(
            "acknowledge, and no other move, takes content_sha256.",
            "Read the handoff and give the hash that stands there.",
        )
    if move == "reject" and not notes:
        raise UsageError("reject needs notes.", "Say there why the work is not taken.")
    if notes and move in {"acknowledge", "start", "accept"}:
        raise UsageError(f"{move} takes no notes.", "Leave them out, or log_event them.")
