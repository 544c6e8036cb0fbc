"""Streamable HTTP: on loopback unless told otherwise, for named hosts alone, and for nobody without the token."""

from __future__ import annotations

import ipaddress
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings

from cosmemory.errors import UsageError
from cosmemory.frozen import frozen
from cosmemory.interfaces.mcp_server.server import MemoryServer
from cosmemory.interfaces.mcp_server.tokens import VARIABLE, Token

HOST, PORT = "127.0.0.1", 8377
PATH = "/mcp"
LOCAL = ("127.0.0.1", "localhost", "[::1]")
FAREWELL = 2  # seconds that a client which goes on listening is waited for

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


@frozen(kw_only=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether nobody on another machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def written(self) -> str:
        """The host as a URL has it."""
        return f"[{self.host}]" if ":" in self.host else self.host


def address_of(text: str) -> Address:
    """The address that ``text`` names: HOST:PORT, HOST, :PORT or nothing.

    Raises UsageError for what is none, or for every address of the machine at once.
    """
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, ""
    host = host.strip("[]") or HOST
    number = int(port) if port.isdecimal() and len(port) < 6 else -1 if port else PORT
    if not 0 <= number < 65_536 or any(each.isspace() or each == "/" for each in host):
        raise UsageError(f"{text!r} is not HOST:PORT.", f"Write, say, {HOST}:{PORT}.")
    if host in {"0.0.0.0", "::", "*"}:  # noqa: S104  # it is refused
        raise UsageError(
            f"{host} is every address of this machine, and no host could be checked.",
            "Name the one address that clients use.",
        )
    return Address(host=host, port=number)


def check_reach(address: Address, *, given: str | None) -> None:
    """Refuses to be reached from elsewhere with a token that nobody chose for that."""
    if not address.is_local and not given:
        raise UsageError(
            f"{address.host} can be reached from other machines.",
            f"Set {VARIABLE} to a token of your own for that, or listen on {HOST}; put TLS before it.",
        )


def guarded(app: App, token: Token) -> App:
    """``app`` for those alone who show the token, whatever they ask for."""

    async def answered(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        headers = [value for name, value in scope.get("headers", ()) if name.lower() == b"authorization"]
        shown = headers[0].decode("latin-1") if len(headers) == 1 else ""
        if scope["type"] == "http" and token.is_shown_by(shown):
            await app(scope, receive, send)
            return
        if scope["type"] == "http":
            told = b'{"error": "unauthorized", "message": "Send the token: Authorization: Bearer TOKEN."}'
            kind = (b"content-type", b"application/json")
            asked = (b"www-authenticate", b"Bearer")
            length = (b"content-length", str(len(told)).encode())
            over = (b"connection", b"close")  # else the rest of an endless body would be read and thrown away
            start = {"type": "http.response.start", "status": 401, "headers": [kind, asked, length, over]}
            await send(start)
            await send({"type": "http.response.body", "body": told})

    return answered


def app_of(server: MemoryServer, address: Address, port: int, token: Token) -> App:
    """All that answers a request: the token, then host and origin, then the protocol."""
    names = {*LOCAL, address.written} if address.is_local else {address.written}
    hosts = sorted({f"{name}:{port}" for name in names})
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=hosts,
        allowed_origins=[f"http://{host}" for host in hosts],
    )
    return guarded(server.streamable_http_app(streamable_http_path=PATH, transport_security=security), token)


async def serve(server: MemoryServer, address: Address, token: Token) -> None:
    """Answers at ``address`` until told to stop; what was begun is ended and answered first."""
    listening = _listening(address)
    with listening:
        port = listening.getsockname()[1]
        config = uvicorn.Config(
            app_of(server, address, port, token),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=FAREWELL,
        )
        # uvicorn passes the signal on when it has stopped, which would end us as if we had been killed.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        print(f"cosmemory: http://{address.written}:{port}{PATH}", file=sys.stderr)
        print(f"cosmemory: the token is in {token.place}", file=sys.stderr, flush=True)
        await uvicorn.Server(config).serve(sockets=[listening])


def _listening(address: Address) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(place)
            made.listen()  # who has read our address may call at once
        except OSError:
            made.close()
            raise
    except OSError as error:
        said = error.strerror or error
        raise UsageError(
            f"{address.host}:{address.port} cannot be listened on: {said}.", "Name another address or port."
        ) from None
    return made
