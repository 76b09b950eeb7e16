"""Fixtures of the tests of the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gdm_studio.common import paths
from tests.helpers import tiny_model


@pytest.fixture(scope="session")
def _written_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a fast model, which is written once for all tests."""
    return tiny_model.write(tmp_path_factory.mktemp("tiny")).parent


@pytest.fixture
def _tiny(_own_home: Path, _written_model: Path) -> None:
    """Copy a fast model into the models folder."""
    shutil.copytree(_written_model, paths.models_dir() / tiny_model.NAME)
