"""The server from end to end: the memory found once, and one transport served until it ends."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

from cosmemory.config import load_settings
from cosmemory.errors import UsageError
from cosmemory.root import find_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.mcp_server.server import MemoryServer

READERS = 1  # the thread that waits for the next line of stdin
INSTALL = "pip install 'cosmemory[mcp]'"


def serve(root: str | None, *, actor: str = "", http: str | None = None) -> int:
    """Serves the memory at ``root``, found from here without one, over stdio, or over ``http`` at an address.

    Raises UsageError where the extra is not installed.
    """
    if find_spec("mcp") is None or find_spec("mcp.server.mcpserver") is None:
        raise UsageError("The MCP server needs the extra mcp, which is not installed.", INSTALL)
    import anyio

    from cosmemory.interfaces.mcp_server.calls import Place

    found = os.path.realpath(find_root(root, os.environ, os.getcwd()))
    load_settings(found)  # what is wrong with them is told here, not by every call
    place = Place(root=found, actor=actor or os.environ.get("COSMEMORY_ACTOR", ""))
    if http is None:
        from cosmemory.interfaces.mcp_server.server import MemoryServer

        anyio.run(_over_stdio, MemoryServer(place))
        return 0
    from cosmemory.interfaces.mcp_server.http import address_of, check_reach
    from cosmemory.interfaces.mcp_server.http import serve as over_http
    from cosmemory.interfaces.mcp_server.server import MemoryServer
    from cosmemory.interfaces.mcp_server.tokens import VARIABLE, token_of

    address, given = address_of(http), os.environ.get(VARIABLE)
    check_reach(address, given=given)
    anyio.run(over_http, MemoryServer(place), address, token_of(found, given=given))
    return 0


async def _over_stdio(server: MemoryServer) -> None:
    import anyio

    async with anyio.create_task_group() as group:
        if sys.platform != "win32":
            group.start_soon(_until_told_to_stop, server)
        await server.run_stdio_async()
        group.cancel_scope.cancel()


async def _until_told_to_stop(server: MemoryServer) -> None:
    """Ends the process at a signal, when what was begun is ended and answered."""
    import signal

    import anyio

    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            await server.answered(READERS)
            sys.stderr.flush()
            # The thread that waits for the next line of stdin would keep the process until there is one.
            os._exit(0)
