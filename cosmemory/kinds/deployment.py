"""A deployment on its way from shadow to everybody: its stage, what must hold before the next, and how it came here."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.fields import Record, column, label, prose, table
from cosmemory.document.json_values import DATA, Data
from cosmemory.document.values import NUMBER, TIME, Raw, enum, write_number
from cosmemory.errors import IllegalTransition, NotFound, Refused, did_you_mean
from cosmemory.frozen import frozen, replace
from cosmemory.kinds.keyed_values import KeyedValue

STAGES = ("shadow", "5%", "20%", "50%", "100%")
FIRST, LAST = STAGES[0], STAGES[-1]
ROLLED_BACK = "rolled back"
# Part of the traffic runs on the new version: whoever finds this after a crash has to go on or go back.
PARTIAL = STAGES[1:-1]
STAGE = enum("stage", *STAGES, ROLLED_BACK)
STEPS: dict[str, tuple[str, ...]] = {
    "shadow": ("5%", ROLLED_BACK),
    "5%": ("20%", ROLLED_BACK),
    "20%": ("50%", ROLLED_BACK),
    "50%": ("100%", ROLLED_BACK),
    "100%": (ROLLED_BACK,),
    ROLLED_BACK: (),
}
YES, NO = "yes", "no"
ANSWER = enum("plain answer", YES, NO, also=("true", "false"))
# The SLO that is the same as the page's own Rollback Ready.
ROLLBACK_READY = "rollback_ready"

Time = datetime | Raw | None
Number = float | Raw | None
Word = str | Raw | None

# What tells when the page was changed; the hours in a stage are told up to then.
STAMP = ("last_updated",)
TIMED = True


@frozen(kw_only=True)
class Objective(Record):
    """One service level objective, and whether it holds."""

    slo: str | None = column("SLO", required=True)
    holds: Word = column("Holds", ANSWER, required=True)
    checked: Time = column("Checked", TIME)
    note: str | None = column("Note", aliases=("Notes",))


@frozen(kw_only=True)
class Measured(Record):
    """One metric of the new version beside its baseline; ``measured_as`` is its name where it is measured."""

    metric: str | None = column("Metric", required=True)
    current: Data | None = column("Current", DATA, required=True)
    baseline: Data | None = column("Baseline", DATA)
    measured_as: str | None = column("Measured As")


@frozen(kw_only=True)
class Stay(Record):
    """One stage of the deployment: from when to when, after which checkpoint, by whom and why."""

    stage: Word = column("Stage", STAGE, required=True)
    entered: Time = column("Entered", TIME, required=True)
    left: Time = column("Left", TIME)
    hours: Number = column("Hours", NUMBER)
    checkpoint: str | None = column("Checkpoint")
    by: str | None = column("By")
    reason: str | None = column("Reason")


@frozen(kw_only=True)
class Deployment(Record):
    """The page ``deployment.md``."""

    version: str | None = label("Version", aliases=("Current Version",), required=True)
    previous_version: str | None = label("Previous Version")
    stage: Word = label("Stage", STAGE, required=True)
    rollback_ready: Word = label("Rollback Ready", ANSWER, required=True, derived=True)
    deployment_start: Time = label("Deployment Start", TIME, aliases=("Started",), required=True)
    stage_start: Time = label("Stage Start", TIME)
    last_updated: Time = label("Last Updated", TIME, aliases=("Updated",), required=True, derived=True)
    hours_in_stage: Number = label(
        "Hours In Stage", NUMBER, aliases=("Time In Stage Hours",), required=True, derived=True
    )
    minimum_hours: Number = label("Minimum Hours", NUMBER)
    next_stage_eligible: Word = label("Next Stage Eligible", ANSWER, required=True, derived=True)
    checkpoint: str | None = label("Checkpoint")
    slo_status: tuple[Objective, ...] = table("SLO Status", Objective, key="slo", required=True)
    metrics: tuple[Measured, ...] = table("Metrics", Measured, key="metric", required=True)
    stage_history: tuple[Stay, ...] = table("Stage History", Stay, required=True)
    other_values: tuple[KeyedValue, ...] = table("Other Values", KeyedValue, key="key")
    notes: str | None = prose("Notes")


@frozen(kw_only=True)
class Obstacles:
    """What stands between a deployment and its next stage: empty, false and nought where nothing does."""

    next_stage: str
    failing: tuple[str, ...] = ()
    no_objectives: bool = False
    no_way_back: bool = False
    hours_missing: float = 0

    @property
    def none(self) -> bool:
        """Whether the next step may be taken."""
        return bool(self.next_stage) and not self.told

    @property
    def told(self) -> tuple[str, ...]:
        """Each of them in words."""
        said = [f"{name} does not hold" for name in self.failing]
        said += ["no SLO is named"] if self.no_objectives else []
        said += ["the rollback is not ready"] if self.no_way_back else []
        said += [f"{write_number(self.hours_missing)} h are missing"] if self.hours_missing else []
        return tuple(said)


def is_yes(answer: Word) -> bool:
    """Whether an answer on the page is a plain yes."""
    return answer in {YES, "true"}


def under_way(page: Deployment) -> bool:
    """Whether the deployment is neither complete nor rolled back."""
    return page.stage not in {LAST, ROLLED_BACK}


def next_stage(page: Deployment) -> str:
    """The stage that comes after the present one; empty where none does."""
    steps = STEPS.get(page.stage, ()) if isinstance(page.stage, str) else ()
    return next((stage for stage in steps if stage != ROLLED_BACK), "")


def hours_between(start: Time, end: Time) -> float | None:
    """The hours from ``start`` to ``end``, to the second one of a hundred; None where either is not known."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    return max(0.0, round((end - start).total_seconds() / 3600, 2))


def obstacles(page: Deployment, at: Time) -> Obstacles:
    """What keeps the deployment from its next stage at ``at``."""
    hours, least = hours_between(page.stage_start, at), page.minimum_hours
    wanted = float(least) if isinstance(least, int | float) else 0.0
    return Obstacles(
        next_stage=next_stage(page),
        failing=tuple(
            row.slo or ""
            for row in page.slo_status
            if not is_yes(row.holds) and (row.slo or "").lower() != ROLLBACK_READY
        ),
        no_objectives=not page.slo_status,
        no_way_back=not is_yes(_ready(page)),
        # A stay whose beginning nobody knows was not long enough for certain.
        hours_missing=round(max(0.0, wanted - (hours or 0.0)), 2),
    )


def _ready(page: Deployment) -> Word:
    """Whether the rollback is ready: the SLO of that name says so where there is one, else the page."""
    row = next((each for each in page.slo_status if (each.slo or "").lower() == ROLLBACK_READY), None)
    if row is None:
        return page.rollback_ready
    return row.holds if isinstance(row.holds, Raw) else YES if is_yes(row.holds) else NO


def derived(page: Deployment) -> Deployment:
    """``page`` with what follows from its times, objectives and stage."""
    page = replace(page, rollback_ready=_ready(page))
    hours = hours_between(page.stage_start, page.last_updated)
    if hours is None:
        return page
    eligible = YES if obstacles(page, page.last_updated).none else NO
    return replace(page, hours_in_stage=hours, next_stage_eligible=eligible)


def begun(
    version: str,
    objectives: tuple[str, ...],
    at: datetime,
    *,
    minimum: float,
    previous: str | None = None,
    checkpoint: str | None = None,
    by: str = "",
) -> Deployment:
    """A deployment of ``version`` in shadow, where nothing holds yet and no rollback is ready."""
    first = Stay(stage=FIRST, entered=at, checkpoint=checkpoint, by=by)
    page = Deployment(
        version=version,
        previous_version=previous,
        stage=FIRST,
        rollback_ready=NO,
        deployment_start=at,
        stage_start=at,
        last_updated=at,
        minimum_hours=minimum,
        checkpoint=checkpoint,
        slo_status=tuple(Objective(slo=name, holds=NO) for name in objectives),
        stage_history=(first,),
    )
    return derived(page)


def answered(
    page: Deployment, name: str, holds: bool, at: datetime, note: str | None = None, *, new: bool = False
) -> Deployment:
    """``page`` with the objective ``name`` holding or not; a ``new`` one may be named that it has not yet.

    Raises NotFound.
    """
    answer = YES if holds else NO
    rows = list(page.slo_status)
    index = next((n for n, row in enumerate(rows) if (row.slo or "").lower() == name.lower()), None)
    if index is not None:
        said = rows[index].note if note is None else note
        rows[index] = replace(rows[index], holds=answer, checked=at, note=said)
    elif new:
        rows.append(Objective(slo=name, holds=answer, checked=at, note=note))
    elif name.lower() != ROLLBACK_READY:
        known = [row.slo or "" for row in rows]
        raise NotFound(f"The SLO {name!r}", did_you_mean(name, known, "--new adds one to the deployment."))
    ready = answer if name.lower() == ROLLBACK_READY else page.rollback_ready
    return replace(page, slo_status=tuple(rows), rollback_ready=ready)


def measured(page: Deployment, row: Measured) -> Deployment:
    """``page`` with the figures of ``row`` in the place of those it has of that metric; None leaves one as it is."""
    rows = list(page.metrics)
    name = (row.metric or "").lower()
    index = next((n for n, each in enumerate(rows) if (each.metric or "").lower() == name), None)
    if index is None:
        return replace(page, metrics=(*rows, row))
    given = {
        attribute: value
        for attribute in ("current", "baseline", "measured_as")
        if (value := getattr(row, attribute)) is not None
    }
    rows[index] = replace(rows[index], **given)
    return replace(page, metrics=tuple(rows))


def refuse_early(page: Deployment, at: datetime) -> None:
    """Nothing, where the next step may be taken at ``at``.

    Raises Refused with all that is missing, IllegalTransition where no stage is next.
    """
    found = obstacles(page, at)
    stepped(page, found.next_stage or LAST)
    if found.told:
        raise Refused(
            f"{page.version} stays at {page.stage}: {', '.join(found.told)}.",
            "cosmemory deploy status shows it; advance --force --reason TEXT goes on all the same.",
        )


def advanced(
    page: Deployment,
    at: datetime,
    *,
    minimum: float,
    checkpoint: str | None = None,
    by: str = "",
    reason: str | None = None,
) -> Deployment:
    """``page`` in its next stage since ``at``; the history says with the ``reason`` what still stood in the way.

    Raises IllegalTransition where no stage is next.
    """
    found = obstacles(page, at)
    stage = stepped(page, found.next_stage or LAST)
    told = f"forced though {', '.join(found.told)}: {reason}" if found.told else reason
    return _moved(page, stage, at, checkpoint=checkpoint, by=by, reason=told, minimum=minimum)


def rolled_back(
    page: Deployment, at: datetime, *, checkpoint: str | None = None, by: str = "", reason: str | None = None
) -> Deployment:
    """``page`` rolled back at ``at`` to ``checkpoint``.

    Raises IllegalTransition where it was rolled back already.
    """
    stage = stepped(page, ROLLED_BACK)
    return _moved(page, stage, at, checkpoint=checkpoint, by=by, reason=reason, minimum=0)


def stepped(page: Deployment, stage: str) -> str:
    """``stage``, which the deployment may enter from the present one.

    Raises IllegalTransition.
    """
    current = page.stage if isinstance(page.stage, str) else ""
    legal = STEPS.get(current, ())
    if stage not in legal:
        hint = "" if legal else "cosmemory deploy begin VERSION begins the next deployment."
        raise IllegalTransition(
            f"The deployment of {page.version}", current or str(page.stage), stage, legal, hint
        )
    return stage


def _moved(
    page: Deployment,
    stage: str,
    at: datetime,
    *,
    checkpoint: str | None,
    by: str,
    reason: str | None,
    minimum: float,
) -> Deployment:
    stays = list(page.stage_history)
    if not stays or stays[-1].stage != page.stage:
        # A page from elsewhere has no history: the present stage began when it says.
        stays.append(Stay(stage=page.stage, entered=page.stage_start))
    last = stays[-1]
    if last.left is None:
        stays[-1] = replace(last, left=at, hours=hours_between(last.entered, at))
    stays.append(Stay(stage=stage, entered=at, checkpoint=checkpoint, by=by, reason=reason))
    return replace(page, stage=stage, stage_start=at, minimum_hours=minimum, stage_history=tuple(stays))
