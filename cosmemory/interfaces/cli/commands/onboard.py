"""Commands for onboarding."""

from __future__ import annotations

from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import Session, changing, reading, session_of
from cosmemory.operations import onboardings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.kinds.onboarding import Onboarding


@group
def onboard() -> None:
    """Bring an agent on board, task by task."""


@onboard.command()
@changing
@argument("agent")
@option("--role", metavar="R", required=True, help="The role that the agent takes.")
@option("--by", "onboarded_by", metavar="WHO", help="Who brings it on board; else who makes the change.")
@option(
    "--task", "tasks", metavar="PHASE:TEXT", many=True, help="One more task of a phase; may be given again."
)
@option("--first-task", metavar="TEXT", help="What the agent is to do first.")
@option("--notes", metavar="TEXT", help="Anything else.")
def begin(agent: str, tasks: tuple[str, ...], **options: Any) -> None:
    """Begin an onboarding with the checklist of the settings, and print its id."""
    session = session_of(options)
    session.refuse_expected("onboard begin")
    more: dict[str, list[str]] = {}
    for each in tasks:
        phase, colon, text = each.partition(":")
        if not (phase.strip() and colon and text.strip()):
            raise UsageError(f"{each!r} names no task.", "Write --task 'Tooling: Key for the registry'.")
        more.setdefault(phase.strip(), []).append(text.strip())
    session.change(lambda memory: onboardings.begin(memory, agent, tasks=more, **options), str)


def _revision(session: Session, key: str) -> dict[str, str] | None:
    return session.expected(f"onboarding/{key}")


@onboard.command()
@changing
@argument("key", metavar="ID")
@argument("phase")
@argument("task", required=False)
@option("--undo", flag=True, help="It is open again.")
def check(key: str, phase: str, task: str | None, undo: bool, **options: Any) -> None:
    """Tick a task of a phase, or all of the phase.

    ID may be the agent's name, which means its newest onboarding.
    """
    session = session_of(options)
    session.change(
        lambda memory: onboardings.check(
            memory, key, phase, task, done=not undo, expected=_revision(session, key)
        ),
        lambda found: f"{found}: {phase}: {task or 'all tasks'} {'open again' if undo else 'done'}",
    )


@onboard.command()
@changing
@argument("key", metavar="ID")
@argument("what")
@option("--result", metavar="R", required=True, help="passed or failed.")
@option("--by", metavar="WHO", help="Who verified it; else who makes the change.")
@option("--notes", metavar="TEXT", help="What was seen.")
def verify(key: str, what: str, **options: Any) -> None:
    """Record the result of a check."""
    session = session_of(options)
    session.change(
        lambda memory: onboardings.verify(memory, key, what, expected=_revision(session, key), **options),
        lambda found: f"{found}: {what} {options['result']}",
    )


@onboard.command()
@changing
@argument("key", metavar="ID")
@option("--join", flag=True, help="Put the agent on the roster too.")
def complete(key: str, join: bool, **options: Any) -> None:
    """Say that an onboarding is complete, every task of every phase done."""
    session = session_of(options)
    session.change(
        lambda memory: onboardings.complete(memory, key, join=join, expected=_revision(session, key)),
        lambda found: f"{found} complete",
    )


@onboard.command()
@changing
@argument("key", metavar="ID")
@option("--reason", metavar="TEXT", required=True, help="Why it failed.")
def fail(key: str, reason: str, **options: Any) -> None:
    """Say that an onboarding failed."""
    session = session_of(options)
    session.change(
        lambda memory: onboardings.fail(memory, key, reason=reason, expected=_revision(session, key)),
        lambda found: f"{found} failed",
    )


@onboard.command("list")
@reading
@option("--status", metavar="S", help="Only those of a status.")
def list_(status: str | None, **options: Any) -> None:
    """List onboardings with what is left of each."""
    from cosmemory.kinds.onboarding import STATUS

    session = session_of(options)
    word = STATUS.enter("--status", status) if status is not None else None
    found = onboardings.listed(session.memory(), status=word)
    if session.as_json:
        print_json("onboardings", {"onboardings": [_shown(key, page) for key, page in found]})
        return
    for key, page in found:
        done, every = _progress(page)
        print_text(f"{key} {page.status} {page.role}: {done} of {every} tasks done")
    if not found:
        print_text("no onboardings")


@onboard.command("show")
@reading
@argument("key", metavar="ID")
def show(key: str, **options: Any) -> None:
    """Show an onboarding."""
    session = session_of(options)
    memory = session.memory()
    name = onboardings.named(memory, key)
    if session.as_json:
        print_json("onboarding", _shown(name, onboardings.get(memory, name)))
        return
    print_text(memory.page(f"onboarding/{name}.md").tree.text.rstrip("\r\n"))


def _progress(page: Onboarding) -> tuple[int, int]:
    from cosmemory.document.checklists import DONE

    tasks = [task for phase in page.checklist for task in phase.tasks if task.state is not None]
    return sum(task.state == DONE for task in tasks), len(tasks)


def _shown(key: str, page: Onboarding) -> dict[str, Any]:
    from cosmemory.document.data import data_of

    done, every = _progress(page)
    return {"id": key, **data_of(page), "tasks_done": done, "tasks": every}
