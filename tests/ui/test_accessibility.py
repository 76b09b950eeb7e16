"""Run `accessibility.py` in separate processes, because Qt retains accessibility data of closed windows."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = Path(__file__).with_name("accessibility.py")


@pytest.mark.slow
@pytest.mark.parametrize("which", ["double_size", "not double_size"])
def test_every_page_is_accessible_and_navigable_by_keyboard(which: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", which, str(CHECKS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
