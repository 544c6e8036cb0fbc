"""The steps of a deployment that need a way back: begun, advanced and rolled back, each after a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.entered import entered
from cosmemory.errors import InvalidValue, NotFound, Refused
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import DEPLOYMENT, SYSTEM_METRICS, deployment
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.deployment import ROLLED_BACK, Deployment
from cosmemory.maintenance.checkpoint_shelf import Checkpoint
from cosmemory.maintenance.checkpoints import before_risk
from cosmemory.maintenance.restoring import put_back
from cosmemory.maintenance.way_back import way_back
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.deployments import minimum_of, standing_page
from cosmemory.operations.first_pages import lost_text
from cosmemory.operations.measurements import as_measured
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import archive_place
from cosmemory.syntax.escape import is_empty
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction

PAGE = DEPLOYMENT.path
BEGIN, ADVANCE, ROLL_BACK = "deploy begin", "deploy advance", "deploy rollback"


@frozen(kw_only=True)
class RolledBack:
    """What a rollback did: from which stage, to which checkpoint, to which pages, and the checkpoint that leads back."""

    version: str
    stage: str
    checkpoint: str
    kept: str
    pages: tuple[str, ...]


def begin(
    memory: Memory,
    version: str,
    *,
    slos: Sequence[str] = (),
    notes: str | None = None,
    anew: bool = False,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A deployment of ``version`` in shadow, with the objectives of the settings unless ``slos`` names others.

    The page of the deployment before goes to the archive. Gives the name of the checkpoint made before.
    Raises Refused while another deployment is under way, and where the page of one was lost, unless it is
    begun ``anew``.
    """

    def verb(transaction: Transaction) -> str:
        before: Deployment | None = transaction.read(PAGE) if transaction.exists(PAGE) else None
        if before is not None and deployment.under_way(before):
            hint = "cosmemory deploy advance or deploy rollback brings it to an end first."
            raise Refused(f"{before.version} is under way, at {before.stage}.", hint)
        if before is None and not anew and lost_text(transaction.memory, PAGE) is not None:
            # Begun in its place, the next one would hide that part of the traffic may run on the lost one.
            hint = "cosmemory repair deployment --yes brings it back; --anew begins another all the same."
            raise Refused(f"{PAGE} was lost: somebody removed it.", hint)
        kept = before_risk(transaction.memory, BEGIN).name
        page = deployment.begun(
            version,
            tuple(slos) or memory.settings.slos,
            transaction.now,
            minimum=minimum_of(memory.settings, deployment.FIRST),
            previous=_running(before),
            checkpoint=kept,
            by=memory.actor,
        )
        page = entered(None, replace(page, metrics=_measured(transaction), notes=notes))
        _land(transaction, page_text(transaction.memory, DEPLOYMENT, page))
        _tell(transaction, f"{page.version} begun in {page.stage}", f"Checkpoint {kept}")
        return kept

    return memory.run(verb, expected=expected, operation=BEGIN)


def _running(before: Deployment | None) -> str | None:
    """The version that runs before a new deployment."""
    if before is None:
        return None
    return before.previous_version if before.stage == ROLLED_BACK else before.version


def _measured(transaction: Transaction) -> tuple[deployment.Measured, ...]:
    if not transaction.exists(SYSTEM_METRICS.path):
        return ()
    return tuple(as_measured(row) for row in transaction.read(SYSTEM_METRICS.path).metrics)


def _land(transaction: Transaction, text: str) -> None:
    """The new page in its place, with what stood there below ``archive/``."""
    stored = transaction.stored(PAGE)
    if stored is None:
        transaction.create(PAGE, text)
        return
    transaction.rewrite(archive_place(transaction, PAGE), decode_text(stored.data))
    transaction.rewrite(PAGE, text)


def advance(
    memory: Memory, *, force: bool = False, reason: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The deployment in its next stage; gives that stage.

    All objectives must hold, the rollback be ready and the hours of the present stage be over, unless it is done by
    ``force`` and for a ``reason``, which the page and the log then tell. Raises Refused with all that is missing.
    """
    if force and is_empty(reason or ""):
        raise InvalidValue("the reason", "it is empty", "Say why it goes on all the same.")

    def verb(transaction: Transaction) -> str:
        before = standing_page(transaction)
        if force:
            deployment.stepped(before, deployment.next_stage(before) or deployment.LAST)
        else:
            deployment.refuse_early(before, transaction.now)
        kept = before_risk(transaction.memory, ADVANCE).name
        after = deployment.advanced(
            before,
            transaction.now,
            minimum=minimum_of(memory.settings, deployment.next_stage(before)),
            checkpoint=kept,
            by=memory.actor,
            reason=reason,
        )
        transaction.replace(PAGE, after)
        said = f"{before.version} advanced from {before.stage} to {after.stage}"
        _tell(transaction, said, f"Checkpoint {kept}", after.stage_history[-1].reason)
        return str(after.stage)

    return memory.run(verb, expected=expected, operation=ADVANCE)


def roll_back(
    memory: Memory,
    *,
    to: str | None = None,
    everything: bool = False,
    reason: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[RolledBack]:
    """The deployment rolled back to the last checkpoint before it began, or ``to`` another one.

    The system metrics are again what that checkpoint holds, for the version that it tells of runs again (where it holds none, the present ones stay); with
    ``everything`` all pages are, but for the log and the page of the deployment, which tells what became of it. A
    checkpoint of the present comes first, and the log keeps every entry.

    Raises IllegalTransition where it was rolled back already, Damaged where the checkpoint is.
    """

    def verb(transaction: Transaction) -> RolledBack:
        before = standing_page(transaction)
        deployment.stepped(before, ROLLED_BACK)
        target = way_back(transaction.memory, before, to)
        if target is None and everything:
            raise NotFound(
                "A checkpoint from before the deployment", "cosmemory checkpoint list shows them all."
            )
        pages = _put_back(transaction, target, everything=everything)
        name = target.name if target is not None else None
        after = deployment.rolled_back(
            before, transaction.now, checkpoint=name, by=memory.actor, reason=reason
        )
        transaction.replace(PAGE, after)
        # Of the pages as they still stand; last, so that what is refused leaves none behind.
        kept = before_risk(transaction.memory, ROLL_BACK, exactly=True).name
        outcome = f"{name}: {', '.join(pages) or 'no other page'}" if name else "There was no checkpoint"
        said = f"{before.version} rolled back from {before.stage}"
        _tell(transaction, said, outcome, "; ".join(filter(None, (f"Before: {kept}", reason))))
        return RolledBack(
            version=str(before.version),
            stage=str(before.stage),
            checkpoint=name or "",
            kept=kept,
            pages=pages,
        )

    return memory.run(verb, expected=expected, operation=ROLL_BACK)


def _put_back(transaction: Transaction, target: Checkpoint | None, *, everything: bool) -> tuple[str, ...]:
    if target is None:
        return ()
    held = target.manifest is not None and target.manifest.of(SYSTEM_METRICS.path) is not None
    if not everything and target.manifest is not None and not held:
        return ()
    return put_back(transaction, target, set() if everything else {SYSTEM_METRICS.path}, less=[PAGE])


def _tell(transaction: Transaction, action: str, outcome: str | None, notes: str | None = None) -> None:
    actor = transaction.memory.actor
    event = Event(
        time=transaction.now, type="deployment", involved=actor, action=action, outcome=outcome, notes=notes
    )
    transaction.append(event)
