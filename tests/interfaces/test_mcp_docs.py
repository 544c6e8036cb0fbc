"""The page about MCP says of the tools what they say of themselves; `python -m tests.interfaces.test_mcp_docs` writes it."""

from __future__ import annotations

import re

from cosmemory.interfaces.mcp_server.server import READS, _tools
from tests.interfaces.mcp_agents import ROOT

PAGE = ROOT / "docs" / "mcp.md"
BEGIN = "<!-- tools: written and checked by tests/interfaces/test_mcp_docs.py -->\n"
END = "<!-- end of tools -->\n"


def table() -> str:
    """The tools with what each is for."""
    reads = {function.__name__ for function in READS}
    rows = ["| tool | changes | what it is for |", "|---|---|---|"]
    for tool in _tools():
        page = re.search(r"The page is ([a-z/-]+[a-z])", tool.description)
        changes = "–" if tool.name in reads else f"`{page[1]}`" if page else "a page of its own"
        rows.append(f"| `{tool.name}` | {changes} | {tool.description.split(chr(10))[0]} |")
    return "\n".join(rows) + "\n"


def written(text: str) -> str:
    """The page with the table as it should be."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


def test_the_page_has_every_tool_as_it_says_of_itself():
    text = PAGE.read_text(encoding="utf-8")
    assert text == written(text)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
