"""What comes over stdin as no client of the SDK writes it: half a character, numbers and depths that no parser takes."""

from __future__ import annotations

import json
import subprocess
import threading
from queue import Queue

import pytest

from cosmemory.connect import open_memory
from tests.interfaces.mcp_agents import command, environment, new_memory

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "wire", "version": "1"}}


class Wire:
    """A server, and the lines that go to it and come from it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.lines: Queue[bytes] = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.send(json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO}).encode())
        assert self.answer()["id"] == 0
        self.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.put(line)

    def send(self, line: bytes) -> None:
        """A line to the server."""
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def answer(self) -> dict:
        """The next message from it."""
        return json.loads(self.lines.get(timeout=20))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return new_memory(tmp_path_factory.mktemp("office") / "memory")


@pytest.fixture(scope="module")
def wire(root):
    process = subprocess.Popen(
        command(root),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=root,
    )
    with process:
        yield Wire(process)
        process.stdin.close()
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == b""


def call(arguments: str, tool: str = "set_focus", number: str = "7") -> bytes:
    """A call as some client writes it, the arguments as they stand."""
    return (
        f'{{"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}},'
        f'"jsonrpc":"2.0","id":{number}}}'
    ).encode()


@pytest.mark.parametrize(
    ("written", "held"),
    [
        (r"cut \ud83d", r"cut \ud83d"),
        (r"\uDE00 cut", r"\uDE00 cut"),
        (r"\ud83d\ud83d\ude00", "\\ud83d\U0001f600"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d", r"\\ud83d"),
        (r"\ud83d\u0041 \"x\"", r'\ud83dA "x"'),
    ],
)
def test_half_a_character_is_taken_and_shown_as_what_it_is(wire, root, written, held):
    wire.send(call(f'{{"task":"{written}"}}'))
    assert wire.answer()["result"]["structuredContent"]["changed"]
    assert open_memory(str(root)).read("cos-state").current_focus.primary_task == held


@pytest.mark.parametrize("number", ["7", '"a-b"'])
@pytest.mark.parametrize(
    "arguments",
    ['{"tasks": ' + "9" * 5_000 + "}", "[" * 5_000 + "]" * 5_000, "{", '{"task": "a\x01"}', "{'task': 1}"],
)
def test_what_cannot_be_read_is_answered_to_whoever_asked(wire, arguments, number):
    wire.send(call(arguments, number=number))
    told = wire.answer()
    assert told["id"] == json.loads(number)
    assert told["error"]["code"] == -32700
    assert "nothing was done" in told["error"]["message"]


def test_an_id_at_the_beginning_is_known_as_well(wire):
    wire.send(
        b'{"jsonrpc":"2.0","id":41,"method":"tools/call","params":{"name":"set_focus","arguments":{"id":5'
    )
    assert (wire.answer())["id"] == 41


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"[]",
        b"{}",
        b'"params":{"id":5}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_at_all_is_told_so(wire, line):
    wire.send(line)
    told = wire.answer()
    assert told["id"] is None
    assert told["error"]["code"] in {-32700, -32600}


def test_an_empty_line_is_nothing(wire):
    wire.send(b"")
    wire.send(b" \r")
    wire.send(b'{"jsonrpc":"2.0","id":8,"method":"ping"}')
    assert wire.answer()["id"] == 8


def test_figures_that_no_page_can_hold_are_refused(wire, root):
    before = {path: path.read_bytes() for path in root.rglob("*.md")}
    for arguments in (
        f'"tasks":{"9" * 4_000}',
        f'"tasks":{10**15}',
        '"response_minutes":1e308',
        '"response_minutes":1e999',
        '"response_minutes":NaN',
    ):
        wire.send(call(f'{{"agent":"a",{arguments}}}', "record_metrics"))
        told = wire.answer()["result"]
        assert told["isError"], arguments
        assert told["_meta"]["cosmemory/error"]["code"] in {"invalid-value", "invalid-arguments"}, told
    assert {path: path.read_bytes() for path in root.rglob("*.md")} == before
