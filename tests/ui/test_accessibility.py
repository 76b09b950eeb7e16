"""Run `accessibility.py` in separate processes, because Qt retains accessibility data of closed windows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = Path(__file__).with_name("accessibility.py")
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_page_is_accessible_and_navigable_by_keyboard() -> None:
    _run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(CHECKS))


@pytest.mark.slow
def test_no_text_is_cut_off_at_double_size() -> None:
    _run("-c", "from tests.ui import accessibility as t; t.look_at_texts()", QT_SCALE_FACTOR="2")


def _run(*arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
