"""Tables of memorised training images that are read before the model is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from gdm_studio.models.families.icons import table_preload
from gdm_studio.models.families.icons.drawing_table import DrawingTable, write_table
from gdm_studio.models.families.icons.table_preload import forget_early, read_early, take_table
from gdm_studio.models.library import Library
from tests.helpers.shipped_models import BUILT_IN

BEFORE_TORCH = f"""
import sys
from gdm_studio.models.families.icons import table_preload
from gdm_studio.models.library import Library
Library().read_early("{BUILT_IN}")
print(len(table_preload._preloaded), "torch" in sys.modules)
"""


def write_numbers(file: Path, value: int) -> None:
    """Write a table of a single drawing with equal components, so that files of all values have the same size."""
    write_table(file, DrawingTable(np.ones((1, 3), np.int16), np.full((1, 9), value, np.int8), 0.5, ()))


def first_number(file: Path) -> int:
    return int(take_table(file).components[0, 0])


def test_an_early_table_is_taken_once(tmp_path: Path) -> None:
    file = tmp_path / "table.safetensors"
    write_numbers(file, 1)
    read_early([file])
    stamp = file.stat()
    write_numbers(file, 2)
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert [first_number(file), first_number(file)] == [1, 2]


def test_forgotten_tables_are_read_again(tmp_path: Path) -> None:
    file = tmp_path / "table.safetensors"
    write_numbers(file, 1)
    read_early([file])
    stamp = file.stat()
    write_numbers(file, 2)
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    forget_early()
    assert first_number(file) == 2


def test_an_early_table_of_a_changed_file_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "table.safetensors"
    write_numbers(file, 1)
    read_early([file])
    write_numbers(file, 2)
    os.utime(file, ns=(0, 0))
    assert first_number(file) == 2


def test_errors_of_an_early_table_are_raised_when_it_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "table.safetensors"
    write_numbers(file, 1)
    file.write_bytes(file.read_bytes()[:-40])
    read_early([file, tmp_path / "missing.safetensors"])
    with pytest.raises(SafetensorError, match="incomplete metadata"):
        take_table(file)
    with pytest.raises(FileNotFoundError):
        take_table(tmp_path / "missing.safetensors")


@pytest.mark.slow
def test_a_model_is_loaded_with_table_preload(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    library.read_early(BUILT_IN)
    library.read_early("no such model")

    def fail(file: Path) -> DrawingTable:
        raise AssertionError(f"{file.name} is read twice")

    monkeypatch.setattr(table_preload, "read_table", fail)
    model = library.load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    assert model.recall is not None and model.all_drawings is not None
    assert len(model.all_drawings.components) > len(model.recall.components) > 0


@pytest.mark.slow
def test_tables_are_read_without_torch() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_TORCH], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["2", "False"]
