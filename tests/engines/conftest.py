"""What the tests of engines share: a folder in memory where there is one, for states come by the thousand."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture
def root(tmp_path):
    """An empty folder, gone after the test."""
    if not os.access(SHARED_MEMORY, os.W_OK):
        yield tmp_path
        return
    place = SHARED_MEMORY / f"cosmemory-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    yield place
    shutil.rmtree(place, ignore_errors=True)
