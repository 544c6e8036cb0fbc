"""The command that serves the memory to agents that speak the Model Context Protocol."""

from __future__ import annotations

from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, command, option


@command()
@option("--root", metavar="DIR", help="The memory folder, or a project that holds it.")
@option("--actor", metavar="NAME", help="Who makes the changes; else COSMEMORY_ACTOR, else the client.")
@option("--http", flag=True, help="Serve HTTP at HOST:PORT, 127.0.0.1:8377 unless given, and not stdio.")
@argument("address", metavar="[HOST:PORT]", required=False)
def mcp(root: str | None, actor: str | None, http: bool, address: str | None) -> int:
    """Serve the memory to agents over MCP: on stdin and stdout, or over HTTP with a token.

    It needs the extra mcp: pip install 'cosmemory[mcp]'. An agent starts it by itself, see docs/mcp.md.
    """
    if address and not http:
        raise UsageError(
            f"{address} is an address, and --http was not given.", "cosmemory mcp --http HOST:PORT"
        )
    from cosmemory.interfaces.mcp_server.entry import serve

    return serve(root, actor=actor or "", http=address or "" if http else None)
