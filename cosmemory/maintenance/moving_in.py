"""What files of other systems become: pages and checkpoints, taken in with one change or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cosmemory.errors import UsageError
from cosmemory.frozen import field, slotted
from cosmemory.kinds import AGENT, DEPLOYMENT, MEETING, SESSION, SESSION_PATH, SYSTEM_METRICS
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.maintenance import agent_json
from cosmemory.maintenance.agent_json import AgentFile, agent_of_json
from cosmemory.maintenance.checkpoint_json import Snapshots, checkpoint_of_json, is_file_name
from cosmemory.maintenance.checkpoint_shelf import made_at
from cosmemory.maintenance.deployment_json import DEPLOYMENT_STATE, METRICS_STATE
from cosmemory.maintenance.importing import Imported, Incoming, import_pages, untold
from cosmemory.maintenance.json_folders import (
    AGENTS,
    CHECKPOINT,
    DEPLOYING,
    ENDED,
    MEASURED,
    REQUESTS,
    RESPONSES,
    SESSION_FILE,
    STATE,
    Found,
    read_files,
)
from cosmemory.maintenance.json_pages import Shape, page_of_json
from cosmemory.maintenance.session_json import CURRENT_SESSION, OUTPUTS
from cosmemory.maintenance.spellings import is_plain
from cosmemory.maintenance.strict_json import NOTHING
from cosmemory.memory import Memory
from cosmemory.operations.page_ids import page_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.maintenance.importing import Tell

TELLING = "Reading what files tell"

_SHAPES: dict[str, Shape] = {
    SESSION_FILE: CURRENT_SESSION,
    ENDED: CURRENT_SESSION,
    DEPLOYING: DEPLOYMENT_STATE,
    MEASURED: METRICS_STATE,
    **OUTPUTS,
}


@slotted
class Told:
    """What files tell: pages by their path with the files that each was made of, checkpoints, and files left alone."""

    pages: dict[str, Any] = field(default_factory=dict)
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    checkpoints: list[tuple[str, Snapshots, Mapping[str, Any]]] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)


def told_by(found: Sequence[Found], tell: Tell = untold) -> Told:
    """The pages and checkpoints that files become; ``tell`` is told of how many files.

    Raises UsageError for two files that tell of one page.
    """
    told = Told()
    agents: dict[str, list[Found]] = {}
    done = 0
    for each in found:
        if each.of_agents:
            agents.setdefault(_agent_id(each).lower(), []).append(each)
            continue  # counted with the others of its agent
        if each.role == CHECKPOINT:
            name = each.stem if made_at(each.stem) is not None else str(each.held.get("checkpoint_id"))
            snapshots = checkpoint_of_json(name, each.held)
            if snapshots.pages:
                told.checkpoints.append((each.file, snapshots, each.held))
            else:
                told.left_alone.append(each.file)
        else:
            page = page_of_json(_SHAPES[each.role], each.held)
            _put(told, _path_of(each, page), page, (each.file,))
        done += 1
        tell(TELLING, done, len(found))
    for group in agents.values():
        _put(told, *_agent(group))
        done += len(group)
        tell(TELLING, done, len(found))
    names = [snapshots.name for _, snapshots, _ in told.checkpoints]
    for name in names:
        if names.count(name) > 1:
            _refuse_two([file for file, each, _ in told.checkpoints if each.name == name])
    return told


def _put(told: Told, path: str, page: Any, files: tuple[str, ...]) -> None:
    if path.lower() in told.known:
        _refuse_two([*told.known[path.lower()], *files])
    told.known[path.lower()] = files
    told.pages[path], told.files[path] = page, files


def _refuse_two(files: Sequence[str]) -> None:
    first, second, *_ = files
    raise UsageError(f"{first} and {second} tell of the same thing.", f"Keep one of the two. {NOTHING}")


def _path_of(found: Found, page: Any) -> str:
    if found.role == DEPLOYING:
        return DEPLOYMENT.path
    if found.role == MEASURED:
        return SYSTEM_METRICS.path
    if found.role == SESSION_FILE:
        return SESSION_PATH
    key = page.session_id if found.role == ENDED else page.meeting_id
    return page_of(SESSION if found.role == ENDED else MEETING, _named(key, found))


def _named(key: object, found: Found) -> str:
    """The id that a file tells, if a page can be called so, else the name of the file."""
    if isinstance(key, str) and is_plain(key) and is_file_name(key):
        return key
    if not is_file_name(found.stem):
        raise UsageError(f"No page can be called {found.stem!r}, as {found.file} is.", NOTHING)
    return found.stem


def _agent_id(found: Found) -> str:
    return _named(found.held.get("agent_id"), found)


def _agent(group: Sequence[Found]) -> tuple[str, Any, tuple[str, ...]]:
    """The page of the agent that files tell of; two states, or two files of one name, would contradict each other."""
    state = [each for each in group if each.role == agent_json.STATE]
    if len(state) > 1:
        _refuse_two([each.file for each in state])
    files: dict[str, Found] = {}
    for each in group:
        name = _kept_as(each)
        if each.role != agent_json.STATE and name in files:
            _refuse_two([files[name].file, each.file])
        files[name] = each
    rest = [AgentFile(each.role, name, each.held) for name, each in files.items() if each not in state]
    page = agent_of_json(state[0].held if state else None, rest)
    key = _agent_id(state[0] if state else group[0])
    return page_of(AGENT, key), page, tuple(each.file for each in group)


def _kept_as(found: Found) -> str:
    """The name that a file of an agent has in every folder of that system."""
    leaf = found.file.rpartition("/")[2]
    if found.role in {agent_json.PROMPT, agent_json.STATUS_FILE}:
        return f"{AGENTS}/{found.stem}/{leaf}"
    return f"{_FOLDERS[found.role]}/{leaf}"


_FOLDERS = {agent_json.STATE: STATE, agent_json.REQUEST: REQUESTS, agent_json.RESPONSE: RESPONSES}


def kept_aside(told: Told) -> Iterator[tuple[str, KeyedValue]]:
    """The values that no page has a place for, or that a page spells in another way."""
    for path, page in told.pages.items():
        for row in page.other_values:
            yield path, row
    for _, snapshots, _ in told.checkpoints:
        for at, page in snapshots.pages.items():
            for row in page.other_values:
                yield f"checkpoints/{snapshots.name}/{at}", row
        for key, _ in snapshots.others:
            yield f"checkpoints/{snapshots.name}/manifest.md", KeyedValue(key=key)


def import_files(
    memory: Memory,
    source: str,
    names: Sequence[str],
    *,
    form: str | None = None,
    replacing: bool = False,
    tell: Tell = untold,
) -> tuple[Imported, Told]:
    """The files called ``names`` below ``source`` taken in, in one change; ``form`` takes only those of that sort.

    ``tell`` is told how far it is. Raises UsageError where none of them is state, and what ``import_pages`` raises.
    """
    found, left_alone = read_files(
        source, names, tell, agents=form in {None, "agents"}, others=form in {None, "state"}
    )
    told = told_by(found, tell)
    told.left_alone = sorted({*told.left_alone, *left_alone})
    if not told.pages and not told.checkpoints:
        raise UsageError(f"{source} holds no state that is known.", "cosmemory import --help tells what is.")
    pages = [Incoming(path=path, type="", line=0, document=page) for path, page in told.pages.items()]
    checkpoints = [snapshots for _, snapshots, _ in told.checkpoints]
    done = import_pages(memory, pages, checkpoints=checkpoints, replacing=replacing, tell=tell)
    return done.result, told
