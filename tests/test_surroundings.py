"""Independence of the tests from the machine that runs them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.disk_space import FREE_BYTES

ROOT = Path(__file__).parents[1]


def test_every_test_sees_a_disk_with_room(tmp_path: Path) -> None:
    assert shutil.disk_usage(tmp_path).free == FREE_BYTES
    with pytest.raises(OSError):
        shutil.disk_usage(tmp_path / "missing")


def test_forked_processes_see_a_disk_with_room(forked_processes: None) -> None:
    code = "import shutil; print(shutil.disk_usage('.').free)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert int(found) == FREE_BYTES or sys.platform != "linux"
