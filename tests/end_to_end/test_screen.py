"""Three of the tests from end to end again, with windows on a real X server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLAYED = (
    "test_making.py::test_a_first_start_one_button_and_a_picture_in_the_gallery",
    "test_making.py::test_paused_changed_and_gone_on_it_is_a_branch_that_its_file_makes_again",
    "test_gallery.py::test_a_picture_of_another_program_tells_what_is_used_and_brings_its_settings",
)


@pytest.mark.slow
def test_they_play_on_an_x_server_too(screen: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(str(HERE / name) for name in PLAYED)]
    done = subprocess.run(command, env=screen, cwd=HERE.parents[1], capture_output=True, text=True, timeout=280)
    assert f"{len(PLAYED)} passed" in done.stdout, done.stdout
