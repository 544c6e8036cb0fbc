"""The JSON files of a folder of agents: ``state/ID.json``, and the requests, responses and prompts that were imported."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.errors import Unsafe
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import Agent
from cosmemory.maintenance.agent_json import files_of_agent, json_of_agent
from cosmemory.maintenance.exporting import Chosen, Piece
from cosmemory.maintenance.json_folders import AGENTS, PROMPT_FILE, REQUESTS, RESPONSES, STATE
from cosmemory.maintenance.strict_json import json_bytes
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import id_on
from cosmemory.store import check_path

FOLDER = True


def pieces(memory: Memory, chosen: Chosen) -> Iterator[Piece]:
    """A file for the state of each agent, and the other files that its page keeps."""
    for path in chosen.pages:
        key = id_on(AGENT, path)
        if not key:
            continue
        page: Agent = memory.read(path)
        yield Piece(name=f"{STATE}/{key}.json", data=json_bytes(json_of_agent(page)), pages=1)
        for name, held in files_of_agent(page):
            if _is_of_agents(name):
                is_prompt = name.rpartition("/")[2] == PROMPT_FILE
                data = str(held.get("prompt", "")).encode() if is_prompt else json_bytes(held)
                yield Piece(name=name, data=data)


def _is_of_agents(name: str) -> bool:
    """Whether a page may say what stands in the file of that name: a page is anybody's to edit."""
    try:
        check_path(name, new=True)
    except Unsafe:
        return False
    return name.split("/", maxsplit=1)[0] in {REQUESTS, RESPONSES, AGENTS}
