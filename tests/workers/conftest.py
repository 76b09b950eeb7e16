"""Two CPU workers shared by all tests of this folder, because starting them takes longer than the runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gdm_studio.common import paths
from gdm_studio.jobs.workers.pool import Pool
from tests.helpers import tiny_model
from tests.helpers.fork_server import ForkServer
from tests.helpers.home_folders import HomeFolders

PLACES = ["cpu", "cpu"]


@pytest.fixture(scope="session")
def _workers(tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServer | None) -> Iterator[tuple[Pool, Path]]:
    with pytest.MonkeyPatch.context() as patch:
        if fork_server is not None:
            fork_server.install(patch)
        patch.setenv("GDM_STUDIO_HOME", str(tmp_path_factory.mktemp("workers")))
        models = paths.models_dir()
        tiny_model.write(models / tiny_model.NAME)
        pool = Pool(PLACES)
    with closing(pool):
        yield pool, models


@pytest.fixture
def _taken_home(_home_folders: HomeFolders) -> Path:
    """Return a new home folder that is kept. Workers of the shared pool that later tests use may be started in it."""
    home, _ = _home_folders.take()
    return home


@pytest.fixture
def pool(_workers: tuple[Pool, Path], forked_processes: None) -> Pool:
    """Return the shared pool, and copy its model into the test's home for this process and for new workers."""
    pool, models = _workers
    shutil.copytree(models, paths.models_dir())
    return pool
