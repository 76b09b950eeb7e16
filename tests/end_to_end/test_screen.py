"""Three end-to-end tests repeated with windows on a real X server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLAYED = (
    "test_generation.py::test_one_button_after_the_first_start_adds_an_image_to_the_gallery",
    "test_generation.py::test_a_run_changed_while_paused_becomes_a_reproducible_branch",
    "test_gallery.py::test_an_image_of_another_program_lists_and_restores_its_settings",
)


@pytest.mark.slow(seconds=15)
def test_end_to_end_tests_pass_on_an_x_server(virtual_screen: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(str(HERE / name) for name in PLAYED)]
    done = subprocess.run(command, env=virtual_screen, cwd=HERE.parents[1], capture_output=True, text=True, timeout=280)
    assert f"{len(PLAYED)} passed" in done.stdout, done.stdout
