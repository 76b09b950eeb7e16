"""The interface size of the preferences, which Qt applies when the application is created."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio import preferences

PROGRAM = """
import os
from gdm_studio.ui.shell.app import scaled_application
app = scaled_application()
print(app.devicePixelRatio(), os.environ.get("QT_SCALE_FACTOR"))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scale", "environment", "expected"),
    [(1.0, {}, "1.0 None"), (1.5, {}, "1.5 None"), (1.5, {"QT_SCALE_FACTOR": "2"}, "2.0 2")],
)
def test_the_window_has_the_chosen_size(home: Path, scale: float, environment: dict[str, str], expected: str) -> None:
    preferences.change({"ui_scale": scale})
    inherited = {name: value for name, value in os.environ.items() if name != "QT_SCALE_FACTOR"}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=inherited | environment, capture_output=True, text=True, timeout=90
    )
    assert ended.stdout.strip() == expected, ended.stderr
