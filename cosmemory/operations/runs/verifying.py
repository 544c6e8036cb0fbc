"""What verifications of a run found wrong: added, resolved and counted."""

from __future__ import annotations

from cosmemory.errors import IllegalTransition, InvalidValue, Refused
from cosmemory.frozen import replace
from cosmemory.kinds.run import (
    ENDED,
    PENDING,
    RESOLVED,
    SEVERITIES,
    SEVERITY,
    Execution,
    Finding,
    Phase,
    Run,
    exchanged,
    named,
)
from cosmemory.kinds.run_phases import unresolved as unresolved_counts
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.runs.changing import Done, change, extend, next_id, run_named
from cosmemory.transaction import Transaction


def add_finding(
    memory: Memory,
    key: str,
    phase: str,
    *,
    severity: str,
    text: str,
    place: str | None = None,
    execution: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """Something found wrong in a phase; gives its id.

    Raises InvalidValue for a severity that there is not, Refused for a run that has ended or a phase still to come.
    """
    grave = severity_of(severity)

    def do(run: Run, transaction: Transaction) -> Done:
        held: Phase = named(run, "phases", phase)
        _refuse_late(run, held)
        attempt: Execution | None = named(run, "executions", execution) if execution is not None else None
        made = Finding(
            id=next_id(transaction, run, "F", (each.id for each in run.findings)),
            phase=held.phase,
            execution=attempt.id if attempt is not None else None,
            severity=grave,
            text=text,
            place=place,
            found=transaction.now,
        )
        new = replace(run, findings=(*run.findings, made))
        action, made_id = f"finding {made.id} in {held.phase}", str(made.id)
        return Done(run=new, result=made_id, action=action, outcome=grave, given=(made_id,))

    keys = (phase,) if execution is None else (phase, execution)
    return extend(memory, "finding add", key, expected, "findings", keys, do)


def severity_of(word: str) -> str:
    """``word`` as the severity that it names.

    Raises InvalidValue.
    """
    found = SEVERITY.enter("severity", word)
    if found is None:
        raise InvalidValue("severity", "it is empty", f"Choose one of {', '.join(SEVERITIES)}.")
    return str(found)


def _refuse_late(run: Run, phase: Phase) -> None:
    if run.status in ENDED:
        raise Refused(
            f"The run {run.run_id} is {run.status}, and findings are made while it lasts.",
            "cosmemory run create makes another.",
        )
    if phase.status == PENDING:
        raise Refused(
            f"The phase {phase.phase} is still to come.",
            f"cosmemory run phase enter {run.run_id} {phase.phase} comes first.",
        )


def resolve_finding(
    memory: Memory,
    key: str,
    finding: str,
    *,
    resolution: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A finding that is dealt with.

    Raises IllegalTransition for one that is resolved already.
    """

    def do(run: Run, transaction: Transaction) -> Done:
        held: Finding = named(run, "findings", finding)
        if held.resolved is not None:
            raise IllegalTransition(f"The finding {held.id}", RESOLVED, RESOLVED, ())
        made = replace(held, resolved=transaction.now, resolution=resolution)
        new = exchanged(run, "findings", held, made)
        action = f"finding {held.id} in {held.phase} resolved"
        return Done(run=new, result=str(held.id), action=action, outcome=str(held.severity), notes=resolution)

    return change(memory, "finding resolve", key, expected, do)


def findings(
    memory: Memory,
    key: str,
    *,
    phase: str | None = None,
    execution: str | None = None,
    severity: str | None = None,
) -> tuple[Finding, ...]:
    """The findings of a run, or those of a phase, an execution or a severity."""
    run = run_named(memory, key)
    name = named(run, "phases", phase).phase if phase is not None else None
    attempt = named(run, "executions", execution).id if execution is not None else None
    grave = severity_of(severity) if severity is not None else None
    return tuple(
        each
        for each in run.findings
        if name in {None, each.phase} and attempt in {None, each.execution} and grave in {None, each.severity}
    )


def unresolved(memory: Memory, key: str, *, phase: str | None = None) -> tuple[Finding, ...]:
    """The findings that nobody has dealt with."""
    return tuple(each for each in findings(memory, key, phase=phase) if each.resolved is None)


def findings_summary(memory: Memory, key: str, *, phase: str | None = None) -> dict[str, dict[str, int]]:
    """How many findings there are of each severity, and how many of them are unresolved."""
    run = run_named(memory, key)
    name = named(run, "phases", phase).phase if phase is not None else None
    mine = [each for each in run.findings if name in {None, each.phase}]
    total = {severity: sum(each.severity == severity for each in mine) for severity in SEVERITIES}
    return {"total": total, "unresolved": unresolved_counts(run, name)}
