"""The awaited face: the same verbs, no loop kept waiting, nothing half done."""

import threading
import time

import anyio
import pytest

from cosmemory import EphemeralStore, Memory, aio, open_memory
from cosmemory.errors import NotFound
from cosmemory.operations.first_pages import initialise

NOW = 1_795_240_800


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "design" / "memory"
    root.mkdir(parents=True)
    initialise(open_memory(str(root)))
    return str(root)


def test_verbs_are_awaited_and_give_what_they_give(folder):
    async def story():
        memory = await aio.open_memory(folder, actor="loop")
        await memory.team.join("helper-1", role="reviewer")
        added = await memory.state.add_action("Write it down")
        state = await memory.read("cos-state")
        found = [event.type async for _, event in memory.events.find_events()]
        return added.result, state.pending_actions[0].action, found

    key, said, found = anyio.run(story)
    assert (key, said) == ("1", "Write it down")
    assert found == ["team_change", "action"]


def test_the_loop_goes_on_while_somebody_else_holds_the_lock(folder):
    held = open_memory(folder)
    holding, done = threading.Event(), threading.Event()

    def hold():
        with held.transaction():
            holding.set()
            done.wait(5)

    async def story():
        memory = await aio.open_memory(folder)
        await anyio.to_thread.run_sync(holding.wait)
        turns = 0
        async with anyio.create_task_group() as group:
            group.start_soon(memory.state.set_focus, "Cut release 4.2")
            for _ in range(20):
                await anyio.sleep(0.005)
                turns += 1
            before = (await memory.read("cos-state")).current_focus.primary_task
            done.set()
        return turns, before, (await memory.read("cos-state")).current_focus.primary_task

    holder = threading.Thread(target=hold)
    holder.start()
    turns, before, after = anyio.run(story)
    holder.join()
    assert (turns, before, after) == (20, None, "Cut release 4.2")


@pytest.mark.parametrize("backend", ["asyncio"])
def test_what_many_tasks_write_at_once_is_all_there(folder, backend):
    async def story():
        memory = await aio.open_memory(folder)
        async with anyio.create_task_group() as group:
            for number in range(40):
                group.start_soon(memory.state.add_action, f"task {number}")
        return await memory.read("cos-state")

    actions = anyio.run(story, backend=backend).pending_actions
    assert {each.action for each in actions} == {f"task {number}" for number in range(40)}
    assert sorted(int(each.id) for each in actions) == list(range(1, 41))


def test_a_change_that_was_begun_ends_though_its_task_is_cancelled(folder):
    begun = threading.Event()

    def slow(transaction):
        begun.set()
        time.sleep(0.05)
        state = transaction.read("cos-state")
        transaction.set("cos-state", "current_focus.primary_task", "whole")
        return state

    async def story():
        memory = await aio.open_memory(folder)
        with anyio.move_on_after(0.01):
            await memory.run(slow, operation="focus")
        return (await memory.read("cos-state")).current_focus.primary_task

    assert anyio.run(story) == "whole"
    assert begun.is_set()


def test_a_failure_comes_back_as_itself():
    memory = aio.Memory(Memory(EphemeralStore(), now=lambda: NOW))
    with pytest.raises(NotFound):
        anyio.run(memory.read, "nothing")
    with pytest.raises(AttributeError, match="run"):
        memory.transaction  # noqa: B018
    assert "team" in dir(memory)
    assert "join" in dir(memory.team)
