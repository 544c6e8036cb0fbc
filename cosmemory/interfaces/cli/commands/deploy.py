"""Commands for the deployment under way."""

from __future__ import annotations

from cosmemory.document.data import data_of
from cosmemory.document.values import write_number, write_time
from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.figures import figure
from cosmemory.interfaces.cli.output import print_json, print_text, visible_line
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.kinds import DEPLOYMENT
from cosmemory.kinds.deployment import ANSWER, ROLLED_BACK, Deployment, is_yes
from cosmemory.maintenance import deploying
from cosmemory.operations import deployments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.maintenance.deploying import RolledBack
    from cosmemory.operations.deployments import Standing

PAGE = DEPLOYMENT.path


@group
def deploy() -> None:
    """Take a version from shadow to everybody, stage by stage, and back.

    The stages are shadow, 5%, 20%, 50% and 100%; from each of them the way leads back as well.
    """


@deploy.command()
@changing
@argument("version")
@option(
    "--slo",
    "slos",
    many=True,
    metavar="NAME",
    help="What must hold; may be given again, else the settings say.",
)
@option("--notes", metavar="TEXT", help="What else there is to say.")
@option("--anew", flag=True, help="Begin even where the page of the deployment before was lost.")
def begin(version: str, slos: tuple[str, ...], notes: str | None, anew: bool, **options: Any) -> None:
    """Begin the deployment of a VERSION, in shadow.

    A checkpoint is made first; the page of the deployment before goes to the archive.
    """
    session = session_of(options)
    session.change(
        lambda memory: deploying.begin(
            memory, version, slos=slos, notes=notes, anew=anew, expected=session.expected(PAGE)
        ),
        lambda kept: f"{visible_line(version)} begun in shadow, after {kept}",
    )


@deploy.command()
@changing
@argument("answers", metavar="NAME=yes|no...", many=True, required=True)
@option("--new", flag=True, help="Add what the deployment does not have yet.")
@option("--note", metavar="TEXT", help="What it was told from.")
def slo(answers: tuple[str, ...], new: bool, note: str | None, **options: Any) -> None:
    """Say which service level objectives hold, such as latency=yes.

    rollback_ready=yes says that the rollback is ready.
    """
    session = session_of(options)
    said = dict(_answer(each) for each in answers)
    session.change(
        lambda memory: deployments.set_slos(
            memory, said, note=note, new=new, expected=session.expected(PAGE)
        ),
        lambda _: "\n".join(
            f"{name} {'holds' if holds else 'does not hold'}" for name, holds in said.items()
        ),
    )


def _answer(text: str) -> tuple[str, bool]:
    name, equals, word = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{text!r} is not NAME=yes or NAME=no.", "Write, say, latency=yes.")
    return name, is_yes(ANSWER.enter(name, word))


@deploy.command()
@changing
@argument("metric")
@option("--current", metavar="VALUE", help="What is measured now.")
@option("--baseline", metavar="VALUE", help="What it is held against.")
@option("--as", "measured_as", metavar="NAME", help="Its name where it is measured, such as latency_p95_ms.")
def metric(metric: str, current: str | None, baseline: str | None, **options: Any) -> None:
    """Record one METRIC of the new version; metrics measure records it for the system as well."""
    session = session_of(options)
    measured_as = options.pop("measured_as")
    figures = {
        name: figure(text)
        for name, text in (("current", current), ("baseline", baseline))
        if text is not None
    }
    session.change(
        lambda memory: deployments.record_metric(
            memory, metric, measured_as=measured_as, expected=session.expected(PAGE), **figures
        ),
        lambda _: f"recorded {visible_line(metric)}",
    )


@deploy.command()
@reading
def status(**options: Any) -> None:
    """Tell the stage, the hours in it, and what the next step lacks."""
    session = session_of(options)
    found = deployments.status(session.memory())
    if session.as_json:
        print_json("deployment-status", _data(found))
        return
    for line in _lines(found):
        print_text(line)


def _data(found: Standing) -> dict[str, Any]:
    page, lack = found.page, found.obstacles
    return {
        "version": page.version,
        "stage": str(page.stage),
        "hours_in_stage": found.hours,
        "minimum_hours": page.minimum_hours if isinstance(page.minimum_hours, int | float) else None,
        "next_stage": lack.next_stage or None,
        "next_stage_eligible": lack.none,
        "failing_slos": list(lack.failing),
        "rollback_ready": not lack.no_way_back,
        "hours_missing": lack.hours_missing,
        "checkpoint": page.checkpoint,
    }


def _lines(found: Standing) -> list[str]:
    page, lack = found.page, found.obstacles
    hours = "" if found.hours is None else f" for {write_number(found.hours)} h"
    lines = [f"{_where(page)}{hours}"]
    if lack.none:
        lines.append(f"ready for {lack.next_stage}")
    elif lack.next_stage:
        lines += [f"before {lack.next_stage}:", *(f"- {each}" for each in lack.told)]
    if page.checkpoint:
        lines.append(f"the way back: {page.checkpoint}")
    return lines


@deploy.command()
@changing
@option("--force", flag=True, help="Go on whatever is missing; needs --reason.")
@option("--reason", metavar="TEXT", help="Why; the page and the log tell it.")
def advance(force: bool, reason: str | None, **options: Any) -> None:
    """Go to the next stage, after a checkpoint.

    It is refused while an objective does not hold, the rollback is not ready, or hours of the stage are missing.
    """
    session = session_of(options)
    if force and not reason:
        raise UsageError("--force needs a --reason.", "Say why it goes on all the same.")
    session.change(
        lambda memory: deploying.advance(memory, force=force, reason=reason, expected=session.expected(PAGE)),
        lambda stage: f"at {stage}",
    )


@deploy.command()
@changing
@option("--to", metavar="NAME", help="Another checkpoint than the last one before the deployment.")
@option(
    "--everything",
    flag=True,
    help="All pages go back, not the system metrics alone; the log keeps every entry.",
)
@option("--reason", metavar="TEXT", help="Why; the page and the log tell it.")
def rollback(to: str | None, everything: bool, reason: str | None, **options: Any) -> None:
    """Roll the deployment back to the last checkpoint before it.

    The present is kept as a checkpoint first, so that a rollback is undone by a restore.
    """
    session = session_of(options)
    session.change(
        lambda memory: deploying.roll_back(
            memory, to=to, everything=everything, reason=reason, expected=session.expected(PAGE)
        ),
        _told,
    )


def _told(done: RolledBack) -> str:
    lines = [f"{done.version} rolled back from {done.stage}"]
    lines += [f"{path} is as {done.checkpoint} holds it" for path in done.pages]
    if not done.checkpoint:
        lines.append("there was no checkpoint from before it, so no page was put back")
    return "\n".join([*lines, f"the present was kept as {done.kept}"])


@deploy.command()
@reading
def show(**options: Any) -> None:
    """Show the deployment: its stages so far, objectives and metrics."""
    session = session_of(options)
    page = deployments.deployment_of(session.memory())
    if session.as_json:
        print_json("deployment", {"deployment": data_of(page)})
        return
    for line in _shown(page):
        print_text(line)


def _where(page: Deployment) -> str:
    return f"{page.version} {'' if page.stage == ROLLED_BACK else 'at '}{page.stage}"


def _shown(page: Deployment) -> list[str]:
    lines = [_where(page)]
    for stay in page.stage_history:
        entered = write_time(stay.entered) if hasattr(stay.entered, "year") else "-"  # type: ignore[arg-type]
        lines.append("  ".join(filter(None, (str(stay.stage), entered, stay.checkpoint, stay.reason))))
    lines += [f"{row.slo}: {row.holds}" for row in page.slo_status]
    for row in page.metrics:
        against = "" if row.baseline is None else f" against {row.baseline}"
        lines.append(f"{row.metric}: {row.current}{against}")
    return lines
