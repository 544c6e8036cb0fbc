"""A memory's verbs by noun, and what type checkers and editors see of them."""

import subprocess
import sys

import pytest

from cosmemory import EphemeralStore, Memory, office
from cosmemory.operations.alerts import raise_alert
from cosmemory.operations.first_pages import initialise
from tests import faces

ALERT = {"kind": "Memory", "severity": "warning", "resource": "db", "value": "91%", "threshold": "90%"}


@pytest.fixture
def memory():
    made = Memory(EphemeralStore(), now=lambda: 1_795_240_800)
    initialise(made)
    return made


def test_a_verb_by_noun_does_what_the_function_does(memory):
    other = Memory(EphemeralStore(), now=lambda: 1_795_240_800)
    initialise(other)
    assert memory.alerts.raise_alert(**ALERT).result == raise_alert(other, **ALERT).result == "ALERT-1"
    path = "alerts/active-alerts.md"
    assert memory.store.read(path).data == other.store.read(path).data


@pytest.mark.parametrize("noun", office.NOUNS)
def test_every_noun_has_verbs_with_a_sentence_each(memory, noun):
    verbs = dir(getattr(memory, noun))
    assert verbs
    for verb in verbs:
        assert (getattr(getattr(memory, noun), verb).__doc__ or "").strip(), f"{noun}.{verb}"


def test_slips_are_answered_with_the_nearest_name(memory):
    with pytest.raises(AttributeError, match="Did you mean 'alerts'"):
        memory.alert  # noqa: B018
    with pytest.raises(AttributeError, match="Did you mean 'raise_alert'"):
        memory.alerts.raise_alerts(**ALERT)
    assert {"alerts", "read", "transaction"} <= set(dir(memory))


def test_nothing_is_loaded_before_it_is_asked_for():
    asked = "import sys, cosmemory.office; print([m for m in sys.modules if 'operations' in m])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("face", faces.WORDS)
def test_editors_see_the_verbs_as_they_are(face):
    stub = faces.formatted(faces.stub(face))
    assert faces.place_of(face).read_text() == stub, "python -m tests.faces writes it anew"


USER = """
import cosmemory
from cosmemory import aio

memory = cosmemory.open_memory()
key: str = memory.alerts.raise_alert(
    kind="Memory", severity="warning", resource="db", value="91%", threshold="90%"
).result
{line}

async def later() -> str:
    awaited = await aio.open_memory()
    return (await awaited.team.join("helper-1", role="reviewer")).result
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Success"),
        ("memory.alerts.raise_alrt()", '"Alerts" has no attribute'),
        ("memory.alerts.raise_alert(kind=1)", "Argument"),
        ("memory.alrts", '"Memory" has no attribute'),
        ("aio.Memory(memory).team.join(1)", "Argument 1"),
    ],
)
def test_type_checkers_know_the_verbs(tmp_path, line, said):
    (tmp_path / "user.py").write_text(USER.format(line=line))
    call = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", ".mypy_cache", tmp_path / "user.py"]
    ran = subprocess.run(call, capture_output=True, text=True, check=False)
    assert said in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "noun", ["agents", "conflicts", "handoffs", "meetings", "onboardings", "runs", "sessions"]
)
def test_records_of_every_noun_are_read_by_the_same_two_verbs(noun):
    assert {"get", "listed"} <= set(dir(getattr(Memory(EphemeralStore()), noun)))
