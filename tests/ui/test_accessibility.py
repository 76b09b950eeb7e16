"""Run `accessibility.py` in separate processes, because Qt retains accessibility data of closed windows."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = Path(__file__).with_name("accessibility.py")


@pytest.mark.parametrize("which", ["not slow", pytest.param("slow", marks=pytest.mark.slow)])
def test_every_page_is_accessible_and_navigable_by_keyboard(which: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", which, str(CHECKS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
