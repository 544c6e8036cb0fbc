"""Strangers at the HTTP door: hosts and origins in every shape, sessions of others, bodies without end, idle lines."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress

import httpx2
import pytest

from tests.interfaces.mcp_agents import agent_at, new_memory
from tests.interfaces.test_mcp_http import CHOSEN, HELLO, JSON, over_http, served

IDLE = 60


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return new_memory(tmp_path_factory.mktemp("office") / "memory")


@pytest.fixture(scope="module")
def server(root):
    with served(root, "127.0.0.1:0", COSMEMORY_MCP_TOKEN=CHOSEN) as found:
        yield found


@pytest.fixture(scope="module")
def port(server):
    return int(server.url.rpartition(":")[2].removesuffix("/mcp"))


def said(port: int, lines: list[str], body: bytes = b"", *, patience: float = 10) -> str:
    """The first line that the server answers to a request written by hand."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=patience)) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return line.recv(65_536).decode("latin-1").split("\r\n")[0]


def request(
    port: int, *more: str, host: str | None = None, token: str | None = CHOSEN, verb: str = "POST"
) -> list[str]:
    """The head of a request that is right but for what is given."""
    named = [f"host: {host if host is not None else f'127.0.0.1:{port}'}"]
    shown = [f"authorization: Bearer {token}"] if token else []
    return [f"{verb} /mcp HTTP/1.1", *named, *shown, "content-type: application/json",
            "accept: application/json, text/event-stream", *more]  # fmt: skip


@pytest.mark.parametrize(
    "host",
    ["evil:PORT", "127.0.0.1.:PORT", "localhost.:PORT", "127.0.0.1", "127.0.0.1:PORT.", "127.1:PORT", "2130706433:PORT", "0:PORT", "0.0.0.0:PORT",
     "[::]:PORT", "[::ffff:127.0.0.1]:PORT", "127.0.0.1:0PORT", "127.0.0.1:PORT@evil", "evil@127.0.0.1:PORT", "127.0.0.1:PORT,evil", "evil, 127.0.0.1:PORT", "",
     "127.0.0.1:PORT/evil", "localhost:PORT#", "[::1%25lo]:PORT"],
)  # fmt: skip
def test_no_shape_of_another_host_is_served(port, host):
    body = json.dumps(HELLO).encode()
    lines = request(port, f"content-length: {len(body)}", host=host.replace("PORT", str(port)))
    assert said(port, lines, body).split()[1] in {"400", "421"}


def test_a_host_that_a_proxy_would_name_counts_for_nothing(port):
    body = json.dumps(HELLO).encode()
    told = f"127.0.0.1:{port}"
    for more in (f"x-forwarded-host: {told}", f"forwarded: host={told}", f"x-original-host: {told}"):
        lines = request(port, more, f"content-length: {len(body)}", host="evil.example")
        assert said(port, lines, body).split()[1] == "421"
    twice = request(port, f"host: evil:{port}", f"content-length: {len(body)}")
    assert said(port, twice, body).split()[1] == "400"


@pytest.mark.parametrize(
    "origin",
    ["http://evil:PORT", "https://127.0.0.1:PORT", "http://127.0.0.1:PORT.evil", "http://127.0.0.1", "http://127.0.0.1:PORT/", "file://", "null",
     "http://LOCALHOST.:PORT", "http://a@127.0.0.1:PORT", "chrome-extension://x"],
)  # fmt: skip
def test_no_shape_of_another_origin_is_served(server, port, origin):
    told = server.post(authorization=f"Bearer {CHOSEN}", origin=origin.replace("PORT", str(port)))
    assert told.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [["authorization: Bearer wrong-wrong-wrong-wrong"], [], [f"authorization: Bearer {CHOSEN}", "authorization: Bearer x"],
     [f"authorization: Bearer {CHOSEN}\x00"], [f"authorization: Bearer {CHOSEN.upper()}"], [f"cookie: token={CHOSEN}"], [f"x-authorization: Bearer {CHOSEN}"]],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE", "OPTIONS", "PUT"])
def test_no_verb_is_served_without_the_token(port, headers, verb):
    lines = request(port, *headers, "content-length: 0", token=None, verb=verb)
    assert said(port, lines).split()[1] in {"400", "401"}


def test_a_token_in_the_address_is_none(server):
    told = httpx2.post(f"{server.url}?token={CHOSEN}", json=HELLO, headers=JSON, trust_env=False)
    assert told.status_code == 401


def test_the_session_of_another_is_found_by_nobody_who_guesses_it(server):
    shown = {**JSON, "authorization": f"Bearer {CHOSEN}"}
    with httpx2.Client(trust_env=False, headers=shown) as client:
        for guess in ("0" * 32, "1", "*", "../x", "x" * 4_000):
            for verb in ("GET", "POST", "DELETE"):
                body = {"json": HELLO} if verb == "POST" else {}
                told = client.request(verb, server.url, headers={"mcp-session-id": guess}, **body)
                assert told.status_code == 404, (guess, verb, told.text)


def test_a_session_that_somebody_else_ends_takes_no_other_along(server):
    with agent_at(over_http(server.url, CHOSEN), mode="legacy") as one:
        with agent_at(over_http(server.url, CHOSEN), mode="legacy") as other:
            other.done("set_focus", task="The other's")
        assert "The other's" in one.done("read_document", document="cos-state")["text"]


@pytest.mark.parametrize("told", ["content-length: 999999999999", "transfer-encoding: chunked"])
def test_a_body_of_a_stranger_is_not_waited_for(port, told):
    body = b"" if told.startswith("content") else b"5\r\nhello\r\n"
    assert said(port, request(port, told, token=None), body).split()[1] == "401"


def test_a_line_on_which_no_token_was_shown_is_closed(port):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=3)) as line:
        line.sendall(
            "\r\n".join([*request(port, "content-length: 999999999999", token=None), "", ""]).encode()
        )
        assert b" 401" in line.recv(16)
        with suppress(ConnectionResetError):
            while line.recv(65_536):
                pass


def test_a_body_without_end_is_refused_at_its_limit_and_so_is_one_that_says_it_is_larger(port):
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as line:
        line.sendall("\r\n".join([*request(port, "transfer-encoding: chunked"), "", ""]).encode())
        for _ in range(80):
            line.sendall(chunk)
        assert b" 413" in line.recv(16)
    assert said(port, request(port, f"content-length: {5 * 1024 * 1024}")).split()[1] == "413"


def test_slow_bodies_and_idle_lines_keep_nobody_waiting(server, port):
    with ExitStack() as stack:
        for number in range(IDLE):
            line = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=10)))
            if number % 3 == 1:
                line.sendall(b"POST /mcp HT")
            elif number % 3 == 2:
                line.sendall("\r\n".join([*request(port, "content-length: 100"), "", '{"a']).encode())
        began = time.monotonic()
        with agent_at(over_http(server.url, CHOSEN)) as agent, ThreadPoolExecutor(4) as threads:
            tasks = [threads.submit(agent.done, "set_focus", task=f"beside {number}") for number in range(8)]
            assert all(each.result(timeout=30) for each in tasks)
        assert time.monotonic() - began < 20


def test_the_token_is_told_to_nobody(server, root):
    for path in root.rglob("*"):
        assert not path.is_file() or CHOSEN.encode() not in path.read_bytes(), path
    told = server.post(authorization=f"Bearer {CHOSEN}x")
    assert CHOSEN not in told.text + str(told.headers)
