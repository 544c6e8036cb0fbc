"""What every test shares: how much input hypothesis makes, and where the checkout is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no defect, so slowness alone never fails a law.
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long", deadline=None, max_examples=5_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("COSMEMORY_HYPOTHESIS", "ci"))


def pytest_collection_finish() -> None:
    """Takes the sizes of a campaign away once every test has read its own: a command would take them for settings."""
    for name in [each for each in os.environ if each.startswith("COSMEMORY_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).parents[1]
