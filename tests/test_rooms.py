"""The doors between the rooms: who may import whom, and where torch and Qt stay out."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.helpers.code import BENCHES, OURS, imports, modules, nodes, room_of

FOR_ALL = {
    "maths",
    "request",
    "run",
    "setting",
    "walk",
    "conditions",
    "passes",
    "digest",
    "former",
    "framing",
    "errors",
    "paths",
    "preferences",
    "figure",
    "atomic",
    "claim",
    "drive",
    "memory",
    "picture_file",
    "error_log",
    "printable",
    "mended",
}
CHAIN = ["systems", "training", "engine", "models", "networks"]  # each may import those after it
BELOW = {"doctor", "gallery", "queueing", "workers", *CHAIN}  # the window
DOORS = {room: set(CHAIN[place:]) for place, room in enumerate(CHAIN)} | {
    "gallery": {"gallery"},
    "queueing": {"queueing"},
    "workers": {"workers", *CHAIN[CHAIN.index("engine") :]},
    "doctor": {"gallery", *CHAIN},
    "studio": {"studio", *BELOW},
    "ui": {"ui", "studio", *BELOW},
    "cli": {"cli", "ui", "studio", *BELOW},
}
# The window, from the ground up: what stands on a floor imports its own folder and what lies below.
FLOORS = [
    {"look"},
    {"actions"},
    {"widgets"},
    {"fuzzy", "folders", "lane", "looks", "past", "say", "session", "tasks", "warm"},
    {"family_tree", "gallery", "models"},
    {"create", "exporting"},
    {"compare", "settings"},
    {"shell"},
]
OPENERS = {"Image.open", "PIL.Image.open", "QImageReader", "QMovie"}
NO_TORCH_ON_IMPORT = [*FOR_ALL, "doctor", "gallery", "queueing", "workers", "studio", "cli", "ui"]


def loaded_with(module: str) -> dict[str, str]:
    """Every module that importing `module` imports, mapped to the one of ours that asks for it."""
    known = OURS | BENCHES
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        asking = waiting.pop()
        for asked in imports(asking, known[asking], only_on_import=True):
            parts = asked.split(".")
            for name in (".".join(parts[: depth + 1]) for depth in range(len(parts))):
                if name not in found:
                    found[name] = asking
                    if name in known:
                        waiting.append(name)
    return found


@pytest.mark.parametrize("name", sorted(OURS))
def test_doors(name: str) -> None:
    allowed = FOR_ALL | DOORS.get(room_of(name), set()) | {""}
    if name == "gdm_studio.__main__":
        allowed.add("cli")
    asked = {module for module in imports(name, OURS[name]) if module.split(".")[0] == "gdm_studio"}
    assert {module for module in asked if room_of(module) not in allowed} == set()


def part_of(name: str) -> str:
    """The folder, or the file, of the window that a module of it is in."""
    return [*name.split("."), "", ""][2]


@pytest.mark.parametrize("name", sorted(name for name in OURS if room_of(name) == "ui" and part_of(name)))
def test_the_window_stands_on_its_floors(name: str) -> None:
    part = part_of(name)
    (floor,) = (number for number, parts in enumerate(FLOORS) if part in parts)
    shared = FLOORS[floor] if "tasks" in FLOORS[floor] else {part}
    allowed = shared.union(*FLOORS[:floor], {""})
    asked = {module for module in imports(name, OURS[name]) if module.startswith("gdm_studio.ui")}
    assert {module for module in asked if part_of(module) not in allowed} == set()


@pytest.mark.parametrize("name", sorted(name for name in OURS if room_of(name) in NO_TORCH_ON_IMPORT))
def test_torch_is_not_loaded_with(name: str) -> None:
    found = loaded_with(name)
    assert "torch" not in found, f"{found.get('torch')} imports torch, and importing {name} imports that"


@pytest.mark.parametrize("name", ["benches", "benches.window", "benches.gallery_page"])
def test_a_measured_window_does_not_wait_for_torch(name: str) -> None:
    assert "torch" not in loaded_with(name)


def test_the_program_does_without_its_benches() -> None:
    using = {name for name in OURS if any(asked.split(".")[0] == "benches" for asked in imports(name, OURS[name]))}
    assert using == {"gdm_studio.cli.bench"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_packages_in_their_places(name: str) -> None:
    asked = {module.split(".")[0] for module in imports(name, OURS[name])}
    assert not asked & {"diffusers", "transformers"}
    assert room_of(name) == "ui" or not asked & {"PySide6", "qasync"}
    assert room_of(name) != "maths" or not asked & {"torch"}


@pytest.mark.parametrize("name", sorted(name for name in OURS if name != "gdm_studio.picture_file"))
def test_pictures_are_opened_in_one_place(name: str) -> None:
    calls = [node.func for node in nodes(OURS[name]) if isinstance(node, ast.Call)]
    assert not {ast.unparse(call) for call in calls} & OPENERS, "gdm_studio.picture_file.opened opens pictures"


@pytest.mark.parametrize(("name", "path"), sorted(modules("installer").items()))
def test_installer_needs_nothing_installed(name: str, path: Path) -> None:
    asked = {module.split(".")[0] for module in imports(name, path)}
    assert asked <= {*sys.stdlib_module_names, "installer"}


def test_the_rooms_are_where_this_test_looks() -> None:
    assert set(DOORS) <= {room_of(name) for name in OURS}


def test_the_files_that_newcomers_are_sent_to_are_there() -> None:
    root = Path(__file__).parent.parent
    told = (root / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:gdm_studio|tests|benches|docs)/[\w/]+\.\w+)`", told)
    assert len(named) > 20 and not [name for name in named if not (root / name).is_file()]


def test_a_closed_door_is_noticed(tmp_path: Path) -> None:
    crossing = tmp_path / "crossing.py"
    crossing.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n"
        "from ..ui import window\ndef later():\n    import PySide6.QtCore\n"
    )
    name = "gdm_studio.engine.crossing"
    assert imports(name, crossing) >= {"gdm_studio.ui", "torch", "PySide6.QtCore"}
    assert not imports(name, crossing, only_on_import=True) & {"torch", "PySide6.QtCore"}
