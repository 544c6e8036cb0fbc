"""Agents for tests: the SDK's own client at a server of ours, called from plain tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult

from cosmemory.connect import open_memory
from cosmemory.operations.first_pages import initialise

ROOT = Path(__file__).parents[2]
NOW = "2026-11-21T10:00:00Z"


class Agent:
    """A client that is connected, whose calls wait for their answers."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self.portal = portal
        self.client = client

    def ask(self, verb: Callable[..., Any], *values: Any, **named: Any) -> Any:
        """The answer of any function of the client."""
        return self.portal.call(partial(verb, *values, **named))

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """The answer of a tool."""
        return self.ask(self.client.call_tool, tool, arguments)

    def done(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The typed answer of a tool that was to do its work."""
        result = self.call(tool, **arguments)
        assert not result.is_error, words_of(result)
        return result.structured_content

    def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The error of a tool that was to refuse."""
        result = self.call(tool, **arguments)
        assert result.is_error
        return error_of(result)

    def read(self, uri: str) -> str:
        """What a resource holds."""
        return self.ask(self.client.read_resource, uri).contents[0].text


def words_of(result: CallToolResult) -> str:
    """What a tool answered in words."""
    return result.content[0].text


def error_of(result: CallToolResult) -> dict[str, Any]:
    """The facts of a refusal; they are no structured content, which clients hold to the shape of the tool's results."""
    assert result.structured_content is None
    return result.meta["cosmemory/error"]


def new_memory(folder: Path) -> Path:
    """A memory with its first pages."""
    folder.mkdir(parents=True)
    initialise(open_memory(str(folder)))
    return folder


def environment(**more: str) -> dict[str, str]:
    """The variables of a server: none of ours but those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COSMEMORY")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def command(root: Path, *options: str) -> list[str]:
    """The call that starts a server, in which a warning is an error."""
    return [sys.executable, "-W", "error", "-m", "cosmemory", "--root", str(root), "mcp", *options]


@contextmanager
def agent_at(server: Any, **how: Any) -> Iterator[Agent]:
    """An agent at a server: one of this process, an address, or a transport."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(server, **how)) as client,
    ):
        yield Agent(portal, client)


@contextmanager
def stdio_agent(root: Path, errors: Path, *options: str, mode: str = "auto", **more: str) -> Iterator[Agent]:
    """An agent that has started its server, as harnesses do; the server says nothing on stderr."""
    program, *arguments = command(root, *options)
    parameters = StdioServerParameters(command=program, args=arguments, env=environment(**more), cwd=root)
    with errors.open("w+", encoding="utf-8") as file:
        with agent_at(stdio_client(parameters, errlog=file), mode=mode) as agent:
            yield agent
        file.seek(0)
        assert file.read() == ""
