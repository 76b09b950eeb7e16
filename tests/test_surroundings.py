"""Independence of the tests from the machine that runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.disk_space import FREE_BYTES
from tests.helpers.environment import ZONE

ROOT = Path(__file__).parents[1]


def test_every_test_sees_a_disk_with_room(tmp_path: Path) -> None:
    assert shutil.disk_usage(tmp_path).free == FREE_BYTES
    with pytest.raises(OSError):
        shutil.disk_usage(tmp_path / "missing")


def test_forked_processes_see_a_disk_with_room(forked_processes: None) -> None:
    code = "import shutil; print(shutil.disk_usage('.').free)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout
    assert int(found) == FREE_BYTES or sys.platform != "linux"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows needs its variables")
def test_variables_and_umask_of_the_machine_do_not_reach_the_tests(tmp_path: Path) -> None:
    code = "import json, os, sys; from pathlib import Path; from tests.helpers.environment import set_up\n"
    code += "set_up(Path(sys.argv[1])); print(json.dumps([dict(os.environ), os.umask(0)]))"
    others = dict.fromkeys(
        ("HTTPS_PROXY", "XDG_RUNTIME_DIR", "HF_TOKEN", "GDM_STUDIO_DEBUG", "LANG", "TORCH_LOGS"), "1"
    )
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, tmp_path / "home"]
    run = subprocess.run(command, env=others | given, capture_output=True, check=True, umask=0o077)
    found, umask = json.loads(run.stdout)
    assert found.pop("LC_ALL").endswith(".UTF-8") and umask == 0o022
    assert found == given | {"HOME": str(tmp_path / "home"), "TZ": ZONE}
    # This process has the same.
    assert not os.environ.keys() & others.keys() and Path(os.environ["HOME"]).is_dir()
