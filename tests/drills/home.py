"""Temporary home folder for a drill, deleted unless a promise was broken."""

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
    """Yield a new folder named by `GDM_STUDIO_HOME`, with an offscreen platform and one thread."""
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


def forked(*modules: str) -> multiprocessing.context.BaseContext:
    """Return a context for quick process starts.

    If possible, processes fork from a server without any state of the drill's own process. The server has imported
    `modules`, by default `loaded`, unless another drill in this process has started it already.
    """
    if not hasattr(os, "fork"):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*(modules or ("tests.drills.loaded",))])
    return context
