"""A file of the memory that somebody saved while the agent worked: recorded as theirs, and checked."""

from __future__ import annotations

from cosmemory.engines.files.as_known import is_as_known
from cosmemory.frozen import replace
from cosmemory.interfaces.hook.answer import Answer
from cosmemory.interfaces.hook.places import page_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.hook.call import Call


def file_changed(call: Call) -> Answer:
    """The edit recorded and reconciled; what is wrong now goes to the person, and the agent hears nothing."""
    path = page_at(call.root, call.folder, call.text("file_path"))
    if not path or path.startswith(".cosmemory/"):
        return Answer()
    came_or_went = call.text("event") in ("add", "unlink")
    if not came_or_went and is_as_known(call.root, path):
        return Answer()  # the harness tells of our own changes too, and of many in a row
    from cosmemory.interfaces.hook.looking import found_on
    from cosmemory.maintenance.hand_edits import noticed
    from cosmemory.rules.rule import ERROR

    memory = call.memory()
    answer = Answer()
    if came_or_went:
        from cosmemory.interfaces.hook.sessions import watched

        answer = Answer(watch=watched(call.root, memory))
    if path not in noticed(memory) and not memory.told:
        return answer
    errors = [
        f"{page.path}: {each.code} {each.message}"
        for page in found_on(memory, [path])
        for each in page.diagnostics
        if each.severity == ERROR
    ]
    more = f" (and {len(errors) - 1} more; cosmemory validate {path} shows them)" if len(errors) > 1 else ""
    said = [*memory.told, *[f"{each}{more}" for each in errors[:1]]]
    return replace(answer, notice="; ".join(said))
