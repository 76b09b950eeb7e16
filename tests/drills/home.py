"""A home for a drill: all that the program keeps lies in a temporary folder, which stays only after a violation."""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_home(drill: str) -> Iterator[Path]:
    """The folder, which `GDM_STUDIO_HOME` names inside the block; no screen is needed, and one thread is enough."""
    home = Path(tempfile.mkdtemp(prefix=f"drill-{drill}-"))
    os.environ["GDM_STUDIO_HOME"] = str(home)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        yield home
    except BaseException:
        print(f"What was left: {home}")
        raise
    shutil.rmtree(home, ignore_errors=True)


def forked() -> multiprocessing.context.BaseContext:
    """Makes processes that begin at once: forked, where that is possible, from one that has loaded `loaded`.

    Nothing of the drill's own process is in them.
    """
    if not hasattr(os, "fork"):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.drills.loaded"])
    return context
