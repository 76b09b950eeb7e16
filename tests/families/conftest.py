"""What the tests of families share: one thread, and checkpoints that are written once a file of tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdm_studio.engine import devices


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with devices.threads_as("CPU · 1 thread"):
        yield


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Single files and folders that are written once."""
    folder = tmp_path_factory.mktemp("checkpoints")
    yield folder
    shutil.rmtree(folder)
