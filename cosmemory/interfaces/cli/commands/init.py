"""The command that makes what a memory lacks."""

from __future__ import annotations

import os
from typing import Any

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import UsageError
from cosmemory.frozen import replace
from cosmemory.interfaces.cli.declared import command, option
from cosmemory.interfaces.cli.session import changing, session_of
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.first_pages import initialise
from cosmemory.root import new_root


@command()
@changing
@option("--demo", flag=True, help="Begin with a realistic month of a team of eight.")
def init(demo: bool, **options: Any) -> None:
    """Create the pages that are missing; a page that exists is never touched."""
    session = session_of(options)
    session.refuse_expected("init")
    root = new_root(session.root)
    if os.path.exists(root) and not os.path.isdir(root):
        raise UsageError(f"{root} is a file and no folder.", "Name a folder with --root.")
    missing = not os.path.isdir(root)
    if missing and not session.dry_run:
        os.makedirs(root)

    def said(created: tuple[str, ...]) -> str:
        listed = "".join(f"\n  {path}" for path in created)
        return f"created in {root}:{listed}" if created else f"nothing is missing in {root}"

    memory = Memory(EphemeralStore()) if missing and session.dry_run else None
    replace(session, root=root).change(_demo if demo else initialise, said, memory=memory)


def _demo(memory: Memory) -> Outcome[tuple[str, ...]]:
    from cosmemory.maintenance.demo import start_demo

    return start_demo(memory, EphemeralStore())
