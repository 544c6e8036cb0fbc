"""The MCP server over HTTP, and how a server begins and ends: the token, hosts and origins, signals, the extra."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from importlib import util

import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import ResourceUpdated

from cosmemory.__main__ import main
from cosmemory.connect import open_memory
from cosmemory.errors import UsageError
from cosmemory.interfaces.mcp_server.http import address_of, check_reach
from cosmemory.interfaces.mcp_server.tokens import Token, token_of
from tests.interfaces.mcp_agents import agent_at, command, environment, new_memory

posix = pytest.mark.skipif(os.name != "posix", reason="signals and modes are those of POSIX")
CHOSEN = "a-token-of-my-own-choice"
HELLO = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
JSON = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


class Served:
    """A server that listens: its process, its URL and where it says that its token is."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stderr is not None
        self.url = process.stderr.readline().removeprefix("cosmemory: ").strip()
        self.place = process.stderr.readline().removeprefix("cosmemory: the token is in ").strip()

    def post(self, **headers: str) -> httpx2.Response:
        """The answer to a request with these headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.post(self.url, json=HELLO, headers={**JSON, **named}, trust_env=False)


@contextmanager
def served(root, *options, **more):
    process = subprocess.Popen(
        command(root, "--http", *options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**more),
        cwd=root,
    )
    try:
        yield Served(process)
    finally:
        process.send_signal(signal.SIGTERM)
        assert ended(process) == (0, "", "")


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """The exit code of a process that ends, and what it says besides; communicate would lose what was read ahead."""
    with process:
        if process.stdin is not None:
            process.stdin.close()
        return process.wait(timeout=30), process.stdout.read(), process.stderr.read()


@asynccontextmanager
async def over_http(url, token):
    headers = {"authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False) as client,
        streamable_http_client(url, http_client=client) as streams,
    ):
        yield streams


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return new_memory(tmp_path_factory.mktemp("office") / "memory")


@pytest.fixture(scope="module")
def server(root):
    with served(root, "127.0.0.1:0") as found:
        yield found


@pytest.fixture(scope="module")
def token(server):
    with open(server.place, encoding="ascii") as file:
        return file.read().strip()


def test_an_agent_with_the_token_works_as_over_stdio(server, token):
    with agent_at(over_http(server.url, token)) as agent:
        done = agent.done("set_focus", task="Over HTTP")
        assert "Over HTTP" in agent.done("read_document", document="cos-state")["text"]
        assert "Over HTTP" in agent.read("cosmemory://brief")
        assert (
            agent.refused("set_focus", task="x", expected_revision="0" * 64)["current_revision"]
            == done["revision"]
        )


def test_who_listens_over_http_hears_of_changes_and_the_token_is_the_one_of_the_environment(tmp_path):
    root = new_memory(tmp_path / "memory")
    uri = "cosmemory://documents/cos-state"

    async def heard():
        async with agent.client.listen(resource_subscriptions=[uri]) as changes:
            await agent.client.call_tool("set_focus", {"task": "Over HTTP"})
            return await anext(aiter(changes))

    with (
        served(root, "127.0.0.1:0", COSMEMORY_MCP_TOKEN=CHOSEN) as server,
        agent_at(over_http(server.url, CHOSEN)) as agent,
    ):
        assert agent.ask(heard) == ResourceUpdated(uri=uri)
        assert server.place == "COSMEMORY_MCP_TOKEN"
        assert server.post(authorization="Bearer another-token-altogether").status_code == 401
    assert not (root / ".cosmemory" / "mcp-token").exists()


@posix
def test_the_token_is_made_once_and_only_its_owner_can_read_it(root, server, token):
    assert stat.S_IMODE(os.stat(server.place).st_mode) == 0o600
    assert os.path.samefile(server.place, root / ".cosmemory" / "mcp-token")
    assert len(token) >= 40
    assert token_of(str(root), given=None).text == token


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic TOKEN", "TOKEN", "Bearer TOKENx"])
def test_nobody_is_served_without_the_token(server, token, header):
    told = server.post(authorization=header.replace("TOKEN", token))
    assert told.status_code == 401
    assert told.headers["www-authenticate"] == "Bearer"
    assert "tools" not in told.text


def test_nothing_else_is_there_to_be_had_without_the_token(server):
    for path in ("", "/", "/docs", "/.well-known/oauth-protected-resource"):
        assert httpx2.get(server.url.removesuffix("/mcp") + path, trust_env=False).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1:1", "localhost"]
)
def test_a_name_that_was_bound_anew_reaches_nothing(server, token, host):
    assert server.post(authorization=f"Bearer {token}", host=host).status_code == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1.evil.example"]
)
def test_a_page_of_another_origin_reaches_nothing(server, token, origin):
    assert server.post(authorization=f"Bearer {token}", origin=origin).status_code == 403


def test_a_page_of_the_same_origin_and_a_name_of_this_machine_are_served(server, token):
    port = server.url.rpartition(":")[2].removesuffix("/mcp")
    told = server.post(
        authorization=f"Bearer {token}", host=f"localhost:{port}", origin=f"http://localhost:{port}"
    )
    assert told.status_code not in {401, 403, 421}


# --------------------------------------------------------------------------------------- what is refused at once


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--http", "0.0.0.0:8000"], "every address"),
        (["--http", "[::]:8000"], "every address"),
        (["--http", "10.0.0.5:8000"], "can be reached from other machines"),
        (["--http", "memory.example"], "can be reached from other machines"),
        (["--http", "127.0.0.1:99999"], "is not HOST:PORT"),
        (["--http", "127.0.0.1:http"], "is not HOST:PORT"),
        (["127.0.0.1:8000"], "--http was not given"),
    ],
)
def test_an_address_that_is_none_or_too_open_is_refused(root, arguments, said, capsys, monkeypatch):
    monkeypatch.delenv("COSMEMORY_MCP_TOKEN", raising=False)
    assert main(["--root", str(root), "mcp", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err.split("\n")[0]


def test_addresses_are_read_as_people_write_them():
    read = {
        text: address_of(text) for text in ("", ":9000", "localhost", "[::1]:9000", "[::1]", "127.0.0.1:0")
    }
    assert [(each.host, each.port, each.is_local) for each in read.values()] == [
        ("127.0.0.1", 8377, True), ("127.0.0.1", 9000, True), ("localhost", 8377, True),
        ("::1", 9000, True), ("::1", 8377, True), ("127.0.0.1", 0, True),
    ]  # fmt: skip
    assert read["[::1]"].written == "[::1]"


def test_another_machine_is_let_in_with_a_token_that_somebody_chose():
    check_reach(address_of("10.0.0.5:8000"), given="a-token-of-my-own-choice")


@pytest.mark.parametrize(
    "text", ["", "short", "with a space in it, as here", "ümläut-ümläut-ümläut", "x" * 15]
)
def test_a_token_that_is_easily_guessed_or_cannot_be_sent_is_refused(tmp_path, text):
    with pytest.raises(UsageError, match="too short, or no plain word"):
        token_of(str(tmp_path), given=text)


def test_a_token_is_kept_only_where_git_does_not_take_it_along(tmp_path):
    root = tmp_path / "memory"
    root.mkdir()
    (root / "cos-state.md").write_text("# Chief of Staff State\n", encoding="utf-8")
    assert token_of(str(root), given=None).text
    assert (root / ".cosmemory" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    (root / ".cosmemory" / "mcp-token").unlink()
    (root / ".cosmemory" / ".gitignore").unlink()
    with pytest.raises(UsageError, match="is not ignored by git"):
        token_of(str(root), given=None)
    assert not (root / ".cosmemory" / "mcp-token").exists()


@posix
def test_a_token_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / ".cosmemory" / "mcp-token"
    path.parent.mkdir()
    path.write_text("a-token-of-my-own-choice\n", encoding="ascii")
    path.chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        token_of(str(tmp_path), given=None)


def test_only_the_very_token_is_the_token():
    token = Token(text="a-token-of-my-own-choice", place="")
    assert token.is_shown_by("Bearer a-token-of-my-own-choice")
    assert token.is_shown_by("bearer  a-token-of-my-own-choice")
    for wrong in (
        "Bearer a-token-of-my-own-choicE",
        "Bearer ",
        "",
        "a-token-of-my-own-choice",
        "Bearer \ud800",
    ):
        assert not token.is_shown_by(wrong)


# ------------------------------------------------------------------------------------------ beginning and ending


def test_without_the_extra_one_sentence_says_what_to_install(root, capsys, monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(
        "cosmemory.interfaces.mcp_server.entry.find_spec", lambda name: None if name == "mcp" else found(name)
    )
    assert main(["--root", str(root), "mcp"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.split("\n")[:2] == [
        "error: The MCP server needs the extra mcp, which is not installed.",
        "hint: pip install 'cosmemory[mcp]'",
    ]


def test_without_a_memory_there_is_no_server(tmp_path, capsys):
    assert main(["--root", str(tmp_path / "nowhere"), "mcp"]) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_the_command_line_is_started_without_what_only_the_server_needs(root):
    program = (
        "import sys; from cosmemory.__main__ import main; main(sys.argv[1:]); "
        "sys.exit(any(name in sys.modules for name in ('mcp', 'pydantic', 'anyio', 'uvicorn')))"
    )
    line = [sys.executable, "-c", program, "--root", str(root), "show", "cos-state"]
    assert subprocess.run(line, env=environment(), stdout=subprocess.DEVNULL, check=False).returncode == 0


def started(root) -> subprocess.Popen[str]:
    """A server over stdio that has answered."""
    process = subprocess.Popen(
        command(root),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=root,
    )
    client = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    tell(process, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client})
    assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "cosmemory"
    tell(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    return process


def tell(process: subprocess.Popen[str], message: dict[str, object]) -> None:
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


@posix
def test_a_signal_ends_the_server_when_what_was_begun_is_saved_and_answered(root):
    process = started(root)
    call = {"name": "set_focus", "arguments": {"task": "Begun before the end"}}
    with open_memory(str(root)).store.writing():
        tell(process, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})
        tell(process, {"jsonrpc": "2.0", "id": 3, "method": "tools/list"})
        # The call waits for the lock that we have; others are answered meanwhile.
        assert json.loads(process.stdout.readline())["id"] == 3
        process.send_signal(signal.SIGTERM)
    answer = process.stdout.readline()
    assert ended(process) == (0, "", "")
    assert json.loads(answer)["id"] == 2
    assert json.loads(answer)["result"]["isError"] is False
    assert "Begun before the end" in (root / "cos-state.md").read_text(encoding="utf-8")


def test_what_is_no_message_does_no_harm_and_the_end_of_stdin_ends_the_server(root):
    process = started(root)
    for line in ("nonsense", "{}", "[]", '{"jsonrpc": "2.0"}', "[" * 10_000, '{"a": "\\ud800"}'):
        process.stdin.write(f"{line}\n")
    call = {"name": "set_focus", "arguments": {"task": "Still here"}}
    tell(process, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})
    while json.loads(answer := process.stdout.readline()).get("id") != 2:
        assert "Traceback" not in answer
    assert json.loads(answer)["result"]["isError"] is False
    assert ended(process) == (0, "", "")
