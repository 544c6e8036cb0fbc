"""The command that looks after what runs."""

from __future__ import annotations

import sys
import time

from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.cli.commands.agents import number_of
from cosmemory.interfaces.cli.declared import command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_error, tell_notices
from cosmemory.interfaces.cli.session import Session, changing, session_of
from cosmemory.maintenance import watching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INTERVAL = "30"
LEAST = 0.1


@command()
@changing
@option("--once", flag=True, help="Look once; exit 1 where something was found.")
@option(
    "--interval", metavar="SECONDS", default=INTERVAL, help="How long to wait between two looks; else 30."
)
def watch(once: bool, interval: str, **options: Any) -> int:
    """Raise an alert for each agent whose process is gone, and for what has told nothing for too long.

    That is agents, the session, runs and the deployment, each told of once. Handoffs that nobody took in their time
    expire. It goes on until Ctrl-C.
    """
    session = session_of(options)
    session.refuse_expected("watch")
    pause = max(LEAST, number_of("--interval", interval))
    if once or session.dry_run:
        told = _look(session)
        if not told and not session.as_json:
            print_text("all is well")
        return int(bool(told))
    try:
        while True:
            try:
                _look(session, quiet=True)
            except CosmemoryError as error:
                # A memory that is locked or being moved is there again at the next look.
                tell_error(error.code, str(error), error.hint, as_json=session.as_json)
            sys.stdout.flush()
            time.sleep(pause)
    except KeyboardInterrupt:
        return 0


def _look(session: Session, *, quiet: bool = False) -> list[str]:
    """One look; what was raised. JSON is one object a look, none where a quiet one has nothing to tell."""
    memory = session.memory()
    if session.dry_run:
        from cosmemory.engines.rehearsal import Rehearsal

        memory.store = Rehearsal(memory.store)
    try:
        told = list(watching.watch(memory))
    finally:
        tell_notices(memory.notices())
    if session.as_json:
        if told or not quiet:
            print_json("watch", {"raised": told, "dry_run": session.dry_run})
        return told
    for line in told:
        print_text(line)
    return told
