"""What the help says of ``hook``, which is answered before the command line is read."""

from __future__ import annotations

from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, command, option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command(
    epilog="It exits with 0 whatever happens, with one line on stderr where something is amiss: it never blocks "
    "an agent, unless the settings [hooks] say so."
)
@argument("event", metavar="[EVENT]", required=False)
@option(
    "--harness",
    metavar="NAME",
    help="claude, codex, gemini, cursor, copilot or opencode; else it is detected.",
)
@option("--root", metavar="DIR", help="The memory; else COSMEMORY_ROOT, else the project's.")
def hook(**_: Any) -> None:
    """Answer an event of a coding agent: the payload is a JSON object on stdin, the answer one on stdout.

    EVENT is for a harness whose payload does not name it.
    """
    raise UsageError(
        "hook stands first on its command line.", "Call cosmemory hook, with its options behind it."
    )
