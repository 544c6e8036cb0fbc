"""Messages over stdin and stdout, where what cannot be read is answered too: else its sender would wait for ever."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from anyio import BrokenResourceError, ClosedResourceError, create_memory_object_stream, create_task_group
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError, jsonrpc_message_adapter
from pydantic import ValidationError

from cosmemory.interfaces.mcp_server.results import sentence
from cosmemory.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

Arrived = SessionMessage | Exception
_ESCAPE = pattern(
    r"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(\\u[dD][89a-fA-F][\da-fA-F]{2})|\\.", re.ASCII
)
# Of a text that cannot be read these two alone are sure to stand in the outermost object.
_FIRST = pattern(
    r'\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(-?\d{1,18}|"[^"\\]{0,200}")\s*,', re.ASCII
)
_LAST = pattern(r',\s*"id"\s*:\s*(-?\d{1,18}|"[^"\\]{0,200}")\s*\}\s*\Z', re.ASCII)


async def serve(server: Server[Any], answered: Callable[[], Awaitable[None]]) -> None:
    """Answers what comes over stdin until it ends, waiting then until all of it is ``answered``.

    A client that hears no more ends it as well: what was begun is done, and there is nobody to be told.
    """
    try:
        await _serve(server, answered)
    except* (BrokenPipeError, ConnectionResetError):
        pass


async def _serve(server: Server[Any], answered: Callable[[], Awaitable[None]]) -> None:
    passed, taken = create_memory_object_stream[Arrived](0)
    async with passed, taken, stdio_server() as (arriving, leaving), create_task_group() as group:

        async def pass_on() -> None:
            with suppress(BrokenResourceError, ClosedResourceError):
                async with passed, arriving:
                    async for each in arriving:
                        found = each if isinstance(each, SessionMessage) else read_again(each)
                        if isinstance(found, SessionMessage):
                            await passed.send(found)
                        elif found is not None:
                            await leaving.send(SessionMessage(found))
                    # Where this stream ends, the SDK drops what it has not answered yet.
                    await answered()

        group.start_soon(pass_on)
        await server.run(taken, leaving, server.create_initialization_options())
        group.cancel_scope.cancel()


def read_again(error: Exception) -> SessionMessage | JSONRPCError | None:
    """What the SDK could not read: the message after all, or what to answer; None for an empty line."""
    told: Any = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else {}
    line = told.get("input")
    if told.get("type") != "json_invalid" or not isinstance(line, str):
        return _refusal(INVALID_REQUEST, None, "That is no message of JSON-RPC; nothing was done.")
    if not line.strip():
        return None
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(whole(line), by_name=False))
    except ValidationError:
        reason = sentence(str(told["msg"]))
        return _refusal(
            PARSE_ERROR, id_of(line), f"The message could not be read, and nothing was done: {reason}."
        )


def whole(line: str) -> str:
    r"""JSON with half characters, which programs write that cut a text within one, spelled out as \ud83d."""
    return _ESCAPE.sub(lambda found: f"\\{found[0]}" if found[1] else found[0], line)


def id_of(line: str) -> Any:
    """The id of a request that cannot be read; None where it is not sure which it is."""
    found = _FIRST.match(line) or _LAST.search(line)
    return json.loads(found[1]) if found else None


def _refusal(code: int, number: Any, message: str) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=number, error=ErrorData(code=code, message=message))
