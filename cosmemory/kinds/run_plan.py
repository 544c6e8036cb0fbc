"""The plan of a run: read from data, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cosmemory.document.json_values import Data
from cosmemory.kinds.run import Plan, Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REQUIRED = ("tasks", "dependencies", "timeline", "resources")
_OWN = ("id", "task", "what", "description", "phase", "dependencies", "depends_on")


def plan_errors(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with a plan given as data, one sentence each: a missing part, an unknown dependency, a cycle."""
    errors = [f"the plan has no {part}" for part in REQUIRED if part not in plan]
    tasks = plan.get("tasks", [])
    if not isinstance(tasks, list) or any(not isinstance(task, dict) or not _id(task) for task in tasks):
        return (*errors, "the tasks are no list of objects with an id each")
    return (*errors, *(message for _, message in task_errors([_task(task) for task in tasks])))


def task_errors(tasks: Sequence[Task]) -> Iterator[tuple[Task, str]]:
    """What is wrong with the tasks of a plan, each with the task that it is about."""
    known = {str(task.task) for task in tasks}
    seen: set[str] = set()
    for task in tasks:
        if task.task in seen:
            yield task, f"the task {task.task} stands twice"
        seen.add(str(task.task))
        for wanted in task.depends_on:
            if wanted not in known:
                yield task, f"the task {task.task} depends on {wanted}, and there is no such task"
    circle = cycle({str(task.task): task.depends_on for task in tasks})
    if circle:
        first = next(task for task in tasks if task.task == circle[0])
        yield first, f"the tasks wait for each other: {' -> '.join(circle)}"


def cycle(depends: Mapping[str, Iterable[str]]) -> list[str]:
    """The names along the first circle of dependencies, its first name again at the end; empty where there is none."""
    done: set[str] = set()
    for start in depends:
        path: list[str] = []
        # A plan may be longer than Python lets functions call each other.
        stack = [iter([start])]
        while stack:
            name = next(stack[-1], None)
            if name is None:
                stack.pop()
                if path:
                    done.add(path.pop())
            elif name in path:
                return [*path[path.index(name) :], name]
            elif name not in done and name in depends:
                path.append(name)
                stack.append(iter(depends[name]))
    return []


def planned(plan: Mapping[str, Any]) -> tuple[Plan, tuple[Task, ...]]:
    """A plan given as data, sound, as it stands on the page."""
    more = {key: value for key, value in plan.items() if key not in REQUIRED}
    return (
        Plan(
            timeline=Data.of(plan["timeline"]),
            dependencies=Data.of(plan["dependencies"]),
            resources=Data.of(plan["resources"]),
            more=Data.of(more) if more else None,
        ),
        tuple(_task(task) for task in plan["tasks"]),
    )


def plan_data(plan: Plan, tasks: Sequence[Task]) -> dict[str, Any]:
    """The plan on a page as the data that it was given as."""
    more = _value(plan.more)
    return {
        "tasks": [_task_data(task) for task in tasks],
        "dependencies": _value(plan.dependencies),
        "timeline": _value(plan.timeline),
        "resources": _value(plan.resources),
        **(more if isinstance(more, dict) else {}),
    }


def _task(task: Mapping[str, Any]) -> Task:
    more = {key: value for key, value in task.items() if key not in _OWN}
    wanted = task.get("dependencies", task.get("depends_on")) or []
    what = task.get("description", task.get("what"))
    return Task(
        task=_id(task),
        what=str(what) if what is not None else None,
        phase=str(task["phase"]) if task.get("phase") is not None else None,
        depends_on=tuple(map(str, wanted if isinstance(wanted, list) else [wanted])),
        more=Data.of(more) if more else None,
    )


def _task_data(task: Task) -> dict[str, Any]:
    more = _value(task.more)
    told = {"id": task.task, "description": task.what, "phase": task.phase}
    held = {key: value for key, value in told.items() if value is not None}
    return {**held, "dependencies": list(task.depends_on), **(more if isinstance(more, dict) else {})}


def _id(task: Mapping[str, Any]) -> str:
    found = task.get("id", task.get("task"))
    return "" if found is None else str(found)


def _value(data: Data | None) -> Any:
    return data.value if isinstance(data, Data) else None
