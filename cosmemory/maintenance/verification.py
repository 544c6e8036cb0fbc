"""The commands of the settings that show whether work holds, run for a phase: an attempt each, a finding where one fails.

They are run by nobody but who asks for it, as that one, by a shell in the project's folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

from cosmemory.config.settings import Verification
from cosmemory.document.json_values import Data
from cosmemory.errors import NotFound, Refused, did_you_mean
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.run import COMPLETED, FAILED, Execution, Finding, Run, named
from cosmemory.kinds.run_phases import attempt_at
from cosmemory.maintenance.outputs import Output, output_of
from cosmemory.maintenance.processes import ending_of
from cosmemory.memory import Memory
from cosmemory.operations.runs import begin_execution
from cosmemory.operations.runs.changing import PHASE_EVENT, Done, change, next_id, run_named
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOOK = 0.5  # seconds between two looks at the size of the output
LONGEST_LINE = 200
CHECK = "check"  # what an execution is an attempt at, in its data


@frozen(kw_only=True)
class Checked:
    """How one of the commands ended: the attempt, the finding where it failed, and where its output is."""

    name: str
    passed: bool
    execution: str
    finding: str | None
    error: str | None
    seconds: float
    output: str


def verifications(memory: Memory, names: Sequence[str] = ()) -> dict[str, Verification]:
    """The commands called ``names``, or all that are enabled, in the order of the settings.

    Raises NotFound for a name that there is not, Refused for one that is not enabled, and where there is none at all.
    """
    held = memory.settings.verification
    for name in names:
        if name not in held:
            hint = did_you_mean(
                name, held, 'cosmemory config set verification.NAME.command "make" makes one.'
            )
            raise NotFound(f"The verification {name!r}", hint)
        if not held[name].enabled:
            hint = f"cosmemory config set verification.{name}.enabled true enables it."
            raise Refused(f"The verification {name} is not enabled.", hint)
    found = {name: asked for name, asked in held.items() if (name in names if names else asked.enabled)}
    if not found:
        hint = 'cosmemory config set verification.build.command "make" makes one.'
        raise Refused("The settings name no command that is to be run.", hint)
    return found


def verify(
    memory: Memory, key: str, phase: str, names: Sequence[str] = (), *, project: str | None = None
) -> tuple[Checked, ...]:
    """Each of the commands run once, from the folder ``project``: an attempt at the phase that completes or fails.

    One that fails adds a finding of the severity that the settings give it; one that passes resolves what it found
    before. Raises Refused where the phase is not in progress or an attempt at it is running.
    """
    place = project or memory.settings.folder or "."
    return tuple(
        _verified(memory, key, phase, name, each, place)
        for name, each in verifications(memory, names).items()
    )


def _verified(memory: Memory, key: str, phase: str, name: str, asked: Verification, project: str) -> Checked:
    held = str(run_named(memory, key).run_id)
    attempt = begin_execution(memory, held, phase, agent=memory.actor or None, data={CHECK: name}).result
    output = output_of(memory, f"{held}-{attempt}")
    began = time.monotonic()
    try:
        code, error = _run(asked, project, output, memory)
    except BaseException as stopped:
        # Whoever asked for it has stopped it: no attempt is left that seems to run.
        _end(memory, held, attempt, name, asked, {CHECK: name}, f"{name}: stopped, {type(stopped).__name__}")
        raise
    seconds = round(time.monotonic() - began, 1)
    told = {CHECK: name, "exit_code": code, "seconds": seconds}
    finding = _end(memory, held, attempt, name, asked, told, f"{name}: {error}" if error else None)
    return Checked(
        name=name,
        passed=not error,
        execution=attempt,
        finding=finding,
        error=error,
        seconds=seconds,
        output=output.path,
    )


def _end(
    memory: Memory,
    key: str,
    attempt: str,
    name: str,
    asked: Verification,
    told: dict[str, Any],
    error: str | None,
) -> str | None:
    """The attempt ended, with what it means for the findings, in one change; gives the id of the finding."""

    def do(run: Run, transaction: Transaction) -> Done:
        status = FAILED if error else COMPLETED
        new = attempt_at(run, attempt, status, transaction.now, error=error, more=Data.of(told))
        held: Execution = named(new, "executions", attempt)
        action = f"{name} {'failed' if error else 'passed'}, execution {held.id} of {held.phase}"
        if not error:
            return Done(
                run=_resolved(new, held, name, transaction), result=None, action=action, type=PHASE_EVENT
            )
        known = next(
            (each for each in _open_findings(new, held, name) if each.severity == asked.severity), None
        )
        if known is not None:
            # What fails again and again is one thing to mend, and counts once against the limits.
            told_now = replace(known, execution=held.id, text=error, found=transaction.now)
            findings = tuple(told_now if each is known else each for each in new.findings)
            return Done(
                run=replace(new, findings=findings),
                result=str(known.id),
                action=f"{action}, finding {known.id} again",
                outcome=asked.severity,
                notes=error,
                type=PHASE_EVENT,
            )
        made = Finding(
            id=next_id(transaction, run, "F", (each.id for each in run.findings)),
            phase=held.phase,
            execution=held.id,
            severity=asked.severity,
            text=error,
            found=transaction.now,
        )
        return Done(
            run=replace(new, findings=(*new.findings, made)),
            result=str(made.id),
            action=f"{action}, finding {made.id}",
            outcome=asked.severity,
            notes=error,
            type=PHASE_EVENT,
            given=(str(made.id),),
        )

    found: str | None = change(memory, "verify", key, None, do).result
    return found


def _resolved(run: Run, passed: Execution, name: str, transaction: Transaction) -> Run:
    """``run`` with what the same command found earlier in the phase resolved."""
    found = _open_findings(run, passed, name)
    findings = tuple(
        replace(each, resolved=transaction.now, resolution=f"passed in {passed.id}")
        if each in found
        else each
        for each in run.findings
    )
    return replace(run, findings=findings)


def _open_findings(run: Run, attempt: Execution, name: str) -> tuple[Finding, ...]:
    """What the same command found in the phase of ``attempt``, and nobody has resolved."""
    mine = {
        each.id
        for each in run.executions
        if each.phase == attempt.phase
        and isinstance(each.more, Data)
        and isinstance(each.more.value, dict)
        and each.more.value.get(CHECK) == name
    }
    return tuple(each for each in run.findings if each.execution in mine and each.resolved is None)


def _run(asked: Verification, project: str, output: Output, memory: Memory) -> tuple[int | None, str | None]:
    """The exit code of the command, and what is wrong; None and that where it took too long or could not begin."""
    root = getattr(memory.store, "root", "")
    environment = {**os.environ, **({"COSMEMORY_ROOT": os.path.abspath(root)} if root else {})}
    descriptor = output.open()
    try:
        process = subprocess.Popen(  # noqa: S602 - to run what the settings say is what it is for
            asked.command,
            shell=True,
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        return None, f"it cannot be run: {error.strerror or error}"
    finally:
        os.close(descriptor)
    try:
        code = _ended(process, asked.timeout, output)
    finally:
        # What it left behind, such as a server of its tests, would go on for ever.
        _kill(process)
    last = output.last_line()[:LONGEST_LINE]
    if code == 0:
        return 0, None
    told = f"it took longer than {asked.timeout:g} s" if code is None else ending_of(code)
    return code, f"{told}: {last}" if last else told


def _ended(process: subprocess.Popen[bytes], timeout: float, output: Output) -> int | None:
    end = time.monotonic() + timeout
    while (left := end - time.monotonic()) > 0:
        try:
            return process.wait(min(LOOK, left))
        except subprocess.TimeoutExpired:
            output.rotate()
    return process.poll()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
