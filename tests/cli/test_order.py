"""The files that a prompt passes through to a pixel, in the order in which the guide for contributors names them."""

from __future__ import annotations

import inspect
import re
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from gdm_studio.cli.main import run

ROOT = Path(__file__).parents[2]


def test_a_prompt_passes_through_the_files_that_are_named_in_this_order(tmp_path: Path) -> None:
    _, _, after = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## From a prompt to a pixel")
    named = re.findall(r"^\d+\. `([^`]+)`", after.partition("\n## ")[0], re.MULTILINE)
    assert len(named) > 20
    left = [str(ROOT / file) for file in named]

    def see(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        is_function = code.co_flags & inspect.CO_OPTIMIZED  # and not a module or a class that is read
        if left and event == "call" and is_function and code.co_filename == left[0]:
            del left[0]

    threading.setprofile(see)
    sys.setprofile(see)
    try:
        asked = ("--sampler", "heun", "--steps", "2", "--device", "cpu", "--out", str(tmp_path))
        assert run(("generate", "a red fox", *asked)) == 0
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    assert not left
