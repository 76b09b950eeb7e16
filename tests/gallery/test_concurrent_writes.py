"""Several processes write files with the same names into one folder, and each file gets its own name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio.gallery import read

BEGIN = """
import sys, time
from pathlib import Path
import numpy as np
from gdm_studio.gallery import Picture, SaveSettings
from gdm_studio.gallery.export import FORMATS, ExportSource, Options, copy_images, export, write_archive
from gdm_studio.gallery.export import write_contact_sheet
from gdm_studio.gallery.storage.file_operations import new_file
from gdm_studio.gallery.saved_image import save
from tests.helpers.library import result
folder, who = Path(sys.argv[1]), sys.argv[2]
def at_once():
    (folder / f".{who}").touch()
    while len(list(folder.glob(".[0-9]"))) < 3: time.sleep(0.001)
"""
SAVING = """
at_once()
for seed in range(60):
    print(save(result("a fox", seed=seed), folder, saving=SaveSettings(pattern="{prompt} {seed}")).path, flush=True)
"""
EXPORTING = """
master = ExportSource("fox", (result().rgba,))
own = folder / f".own {who}"
own.mkdir()
picture = save(result("a fox"), own)
at_once()
for number in range(6):
    print(export(master, FORMATS["png"], Options(), folder))
    print(export(master, FORMATS["favicon"], Options(), folder))
    print(*copy_images([picture], folder, pattern="{prompt}"))
    for kind, name in ((write_archive, "all.zip"), (write_contact_sheet, "sheet.png")):
        file = new_file(folder / name)
        list(kind([picture], file))
        print(file.path)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("program", "each"), [(SAVING, 60), (EXPORTING, 30)], ids=["saving", "exporting"])
def test_every_reported_path_is_a_separate_file(tmp_path: Path, program: str, each: int) -> None:
    commands = ([sys.executable, "-c", BEGIN + program, str(tmp_path), str(who)] for who in range(3))
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    told = [line for process in running for line in process.communicate()[0].splitlines()]
    there = [str(tmp_path / name) for name in os.listdir(tmp_path) if not name.startswith(".")]
    assert len(told) == 3 * each and sorted(told) == sorted(there)
    if program == SAVING:
        assert len({read(Path(path)).id for path in told}) == 180
