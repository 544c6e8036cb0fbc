"""What rules say carried to the page of alerts: raised once, made graver, brought up to date and resolved."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.config.settings import WatchRule
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import ACTIVE_ALERTS, active_alerts
from cosmemory.kinds.active_alerts import ActiveAlerts, Alert, open_alerts
from cosmemory.kinds.coordination_log import Event
from cosmemory.maintenance.watching.kept import Standing, keep_standing, standings
from cosmemory.maintenance.watching.measures import Scene, measured, resource_of, spoken_value
from cosmemory.maintenance.watching.rules import BELOW, SEVERITIES, judged, thresholds
from cosmemory.maintenance.watching.told import ALERT, DONE, ENDED, Told
from cosmemory.operations.alerts import over, raised
from cosmemory.reader import Reader
from cosmemory.transaction import Transaction

PAGE = ACTIVE_ALERTS.path
OPERATION = "watch"


@frozen(kw_only=True)
class Sighting:
    """A rule with what it measured."""

    name: str
    limits: WatchRule
    value: float
    awake: int = 0

    @property
    def kind(self) -> str:
        """The type of its alerts: there is never more than one open alert of it on its resource."""
        return f"Rule {self.name}"

    @property
    def resource(self) -> str:
        """What its alerts say is concerned."""
        return resource_of(self.limits.measure)

    @property
    def said(self) -> str:
        """The value, as the alert tells it."""
        return spoken_value(self.limits.measure, self.value)

    def threshold(self, severity: str) -> str:
        """The threshold of a severity, as the alert tells it."""
        side = "at most" if self.limits.when == BELOW else "at least"
        return f"{side} {spoken_value(self.limits.measure, thresholds(self.limits)[severity])}"

    def is_told_by(self, alert: Alert) -> bool:
        """Whether an alert is one of this rule."""
        return (alert.type, alert.resource) == (self.kind, self.resource)


def heed(scene: Scene, name: str, limits: WatchRule, awake: int = 0) -> Iterator[Told]:
    """One rule: what it measures, and what follows from that; it waits anew since the machine is ``awake``."""
    memory = scene.memory
    if memory.store.read(PAGE) is None:
        return
    value = measured(scene, limits.measure)
    if value is None:
        return
    seen = Sighting(name=name, limits=limits, value=value, awake=awake)
    before = _before(memory, seen, scene.page(PAGE))
    after = judged(limits, before, value, memory.now(), awake)
    alert = _open(scene.page(PAGE), seen)
    if after != before or _must_tell(memory, seen, after, alert):
        # Whoever else looks at the same time has perhaps done it: under the lock it is judged anew.
        yield from memory.run(lambda transaction: _carry(transaction, seen), operation=OPERATION).result


def _open(alerts: ActiveAlerts, seen: Sighting) -> Alert | None:
    return next((each for each in open_alerts(alerts) if seen.is_told_by(each)), None)


def _before(memory: Reader, seen: Sighting, alerts: ActiveAlerts) -> Standing:
    """How the rule stood; where that was forgotten, as the page says."""
    known = standings(memory.store).get(seen.name)
    if known is not None:
        return known
    alert = _open(alerts, seen)
    level = str(alert.severity) if alert is not None and alert.severity in SEVERITIES else ""
    return Standing(level=level, told=int(memory.now().timestamp()))


def _must_tell(memory: Reader, seen: Sighting, standing: Standing, alert: Alert | None) -> bool:
    """Whether an open alert is to get a newer value: not at every look, or it would fill the history."""
    if alert is None or alert.value == seen.said or not standing.level:
        return False
    return not 0 <= memory.now().timestamp() - standing.told < memory.settings.watch_update_minutes * 60


def _carry(transaction: Transaction, seen: Sighting) -> list[Told]:
    store, now = transaction.memory.store, int(transaction.now.timestamp())
    alerts: ActiveAlerts = transaction.read(PAGE)
    before = _before(transaction.memory, seen, alerts)
    after = judged(seen.limits, before, seen.value, transaction.now, seen.awake)
    told = list(_changed(transaction, seen, before.level, after, _open(alerts, seen)))
    if told or after.level != before.level:
        after = replace(after, told=now)
    if after != before or seen.name not in standings(store):
        transaction.afterwards.append(lambda: keep_standing(store, seen.name, after))
    return told


def _changed(
    transaction: Transaction, seen: Sighting, before: str, after: Standing, alert: Alert | None
) -> Iterator[Told]:
    """The change from one severity to another, or of the value alone."""
    level = after.level
    if alert is None:
        # One that a person resolved stays resolved until it was well in between, or it gets graver.
        if level and _rank(level) > _rank(before):
            key = raised(
                transaction,
                kind=seen.kind,
                severity=level,
                resource=seen.resource,
                value=seen.said,
                threshold=seen.threshold(level),
            )
            yield Told(sort=ALERT, text=f"{key} raised: {seen.name} is {level}, {seen.said}")
        return
    if not level and before:
        over(transaction, str(alert.id), f"{seen.name} is {seen.said}")
        yield Told(sort=ENDED, text=f"{alert.id} resolved: {seen.name} is {seen.said}")
    elif level and level not in {alert.severity, before}:
        graver = _rank(level) > _rank(str(alert.severity))
        _move(transaction, seen, alert, level)
        word = "escalated" if graver else "eased"
        yield Told(
            sort=ALERT if graver else ENDED, text=f"{alert.id} {word}: {seen.name} is {level}, {seen.said}"
        )
    elif level and _must_tell(transaction.memory, seen, after, alert):
        transaction.replace(PAGE, active_alerts.update(transaction.read(PAGE), str(alert.id), seen.said))
        _log(transaction, "decision", f"{alert.id} updated", f"{alert.value} -> {seen.said}")
        yield Told(sort=DONE, text=f"{alert.id} updated: {seen.name} is {seen.said}")


def _move(transaction: Transaction, seen: Sighting, alert: Alert, level: str) -> None:
    """An alert at another severity, with the value and the threshold that made it so; it stays acknowledged."""
    moved = active_alerts.escalate(transaction.read(PAGE), str(alert.id), level)
    moved = active_alerts.update(moved, str(alert.id), seen.said)
    transaction.replace(PAGE, active_alerts.limited(moved, str(alert.id), seen.threshold(level)))
    _log(transaction, "escalation", f"{alert.id} escalated", f"{alert.severity} -> {level}: {seen.said}")


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def _log(transaction: Transaction, kind: str, action: str, outcome: str) -> None:
    transaction.append(Event(time=transaction.now, type=kind, action=action, outcome=outcome))
