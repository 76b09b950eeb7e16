"""Fixtures of the family tests: one thread, and checkpoints written once a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdm_studio.models.memory import devices


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with devices.threads_of("CPU · 1 thread"):
        yield


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder for checkpoints that are shared by a module's tests."""
    folder = tmp_path_factory.mktemp("checkpoints")
    yield folder
    shutil.rmtree(folder)
