"""Commands about cosmemory itself: kinds, completion, version."""

from __future__ import annotations

import cosmemory
from cosmemory.errors import NoMemory
from cosmemory.interfaces.cli.declared import argument, command
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text
from cosmemory.interfaces.cli.session import Session, reading, session_of
from cosmemory.interfaces.cli.terminal import show, table
from cosmemory.kinds import BUILT_IN, Kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@reading
def kinds(**options: Any) -> None:
    """List the kinds of page, and where their pages lie."""
    session = session_of(options)
    every = list(_known(session))
    if session.as_json:
        print_json("kinds", {"kinds": [{"name": kind.name, "path": kind.path} for kind in every]})
        return
    if on_terminal():
        show(
            table([[(kind.name, "name"), (kind.path, "")] for kind in every], ("Kind", "Where its pages lie"))
        )
        return
    width = max(len(kind.name) for kind in every)
    print_text("\n".join(f"{kind.name.ljust(width)}  {kind.path}" for kind in every))


def _known(session: Session) -> Kinds:
    """The kinds of the memory that is found from here; without one those of every memory."""
    try:
        return session.memory().kinds
    except NoMemory:
        if session.root is not None:
            raise
        return BUILT_IN


@command()
@reading
def version(**options: Any) -> None:
    """Print the version."""
    session = session_of(options)
    if session.as_json:
        print_json("version", {"version": cosmemory.__version__})
    else:
        print_text(f"cosmemory {cosmemory.__version__}")


@command()
@argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL")
def completion(shell: str) -> None:
    """Print the completion script of bash, zsh or fish; put it where that shell reads its own."""
    from click.shell_completion import get_completion_class

    from cosmemory.interfaces.cli.with_click import cli

    found = get_completion_class(shell)
    assert found is not None
    print_text(found(cli, {}, "cosmemory", "_COSMEMORY_COMPLETE").source())
