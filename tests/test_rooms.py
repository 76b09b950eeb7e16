"""Allowed imports between subpackages, and where torch and Qt must not be imported."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.helpers.source_tree import BENCHES, OURS, imports, modules, package_of, syntax_nodes

FOR_ALL = {"maths", "common", "request"}
# Each package may import those after it.
CHAIN = ["systems", "training", "verify", "engine", "steps", "models", "networks"]
# All packages below the window.
BELOW = {"doctor", "gallery", "queueing", "jobs", *CHAIN}
ALLOWED = {room: set(CHAIN[place:]) for place, room in enumerate(CHAIN)} | {
    "gallery": {"gallery"},
    "queueing": {"queueing", "steps"},
    "jobs": {"jobs", "gallery", "queueing", *CHAIN[CHAIN.index("engine") :]},
    "doctor": {"gallery", *CHAIN},
    "studio": {"studio", *BELOW},
    "server": {"server", "studio", *BELOW},
    "ui": {"ui", "studio", *BELOW},
    "cli": {"cli", "ui", "server", "studio", *BELOW},
}
# The layers of the window from bottom to top. A module imports only its own folder and lower layers.
LAYERS = [
    {"translation"},
    {"theme"},
    {"actions"},
    {"widgets"},
    {
        "fuzzy_match",
        "folders",
        "jobs",
        "worker_thread",
        "view_modes",
        "undo_stack",
        "progress",
        "notify",
        "app_context",
        "session",
        "tasks",
        "preload",
    },
    {"family_tree", "gallery", "learn", "models", "train"},
    {"create", "export"},
    {"compare", "settings"},
    {"shell"},
]
IMAGE_OPENERS = {"Image.open", "PIL.Image.open", "QImageReader", "QMovie"}
NO_TORCH_ON_IMPORT = [*FOR_ALL, "doctor", "gallery", "queueing", "jobs", "studio", "server", "cli", "ui"]


def loaded_with(module: str) -> dict[str, str]:
    """Return every module that importing `module` imports, mapped to the project's module that imports it."""
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
def test_packages_import_only_what_they_may(name: str) -> None:
    allowed = FOR_ALL | ALLOWED.get(package_of(name), set()) | {""}
    if name == "gdm_studio.__main__":
        allowed.add("cli")
    asked = {module for module in imports(name, OURS[name]) if module.split(".")[0] == "gdm_studio"}
    assert {module for module in asked if package_of(module) not in allowed} == set()


def part_of(name: str) -> str:
    """Return the folder or file of the window that contains a module."""
    return [*name.split("."), "", ""][2]


@pytest.mark.parametrize("name", sorted(name for name in OURS if package_of(name) == "ui" and part_of(name)))
def test_the_window_imports_only_lower_layers(name: str) -> None:
    part = part_of(name)
    (floor,) = (number for number, parts in enumerate(LAYERS) if part in parts)
    shared = LAYERS[floor] if "tasks" in LAYERS[floor] else {part}
    allowed = shared.union(*LAYERS[:floor], {""})
    # The context names the types of services from any layer, but imports none of them.
    is_context = part == "app_context"
    asked = {
        module for module in imports(name, OURS[name], only_on_import=is_context) if module.startswith("gdm_studio.ui")
    }
    assert {module for module in asked if part_of(module) not in allowed} == set()


@pytest.mark.parametrize("name", sorted(name for name in OURS if package_of(name) in NO_TORCH_ON_IMPORT))
def test_torch_is_not_loaded_with(name: str) -> None:
    found = loaded_with(name)
    assert "torch" not in found, f"{found.get('torch')} imports torch, and importing {name} imports that"


@pytest.mark.parametrize("name", ["benches", "benches.window", "benches.gallery_page"])
def test_window_benchmarks_do_not_import_torch(name: str) -> None:
    assert "torch" not in loaded_with(name)


def test_only_the_bench_verb_imports_the_benchmarks() -> None:
    using = {name for name in OURS if any(asked.split(".")[0] == "benches" for asked in imports(name, OURS[name]))}
    assert using == {"gdm_studio.cli.bench"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_third_party_packages_are_imported_only_where_allowed(name: str) -> None:
    asked = {module.split(".")[0] for module in imports(name, OURS[name])}
    assert not asked & {"diffusers", "transformers"}
    assert package_of(name) == "ui" or not asked & {"PySide6", "qasync"}
    assert package_of(name) != "maths" or not asked & {"torch"}


@pytest.mark.parametrize("name", sorted(name for name in OURS if name != "gdm_studio.common.image_file"))
def test_images_are_opened_in_one_place(name: str) -> None:
    calls = [node.func for node in syntax_nodes(OURS[name]) if isinstance(node, ast.Call)]
    assert not {ast.unparse(call) for call in calls} & IMAGE_OPENERS, (
        "gdm_studio.common.image_file.open_image opens pictures"
    )


SHARED = {"gdm_studio.common", "gdm_studio.common.bundle", "gdm_studio.common.system_libraries"}


@pytest.mark.parametrize(("name", "path"), sorted(modules("installer").items()))
def test_the_installer_needs_only_the_standard_library(name: str, path: Path) -> None:
    asked = imports(name, path) - SHARED
    assert {module.split(".")[0] for module in asked} <= {*sys.stdlib_module_names, "installer"}


@pytest.mark.parametrize("name", sorted(SHARED))
def test_modules_shared_with_the_installer_need_only_the_standard_library(name: str) -> None:
    asked = {module.split(".")[0] for module in imports(name, OURS[name])}
    assert asked <= {*sys.stdlib_module_names}


def test_every_listed_package_exists() -> None:
    assert set(ALLOWED) <= {package_of(name) for name in OURS}


def test_files_named_in_contributing_exist() -> None:
    root = Path(__file__).parent.parent
    told = (root / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:gdm_studio|tests|benches|docs)/[\w/]+\.\w+)`", told)
    assert len(named) > 20 and not [name for name in named if not (root / name).is_file()]


def test_forbidden_imports_are_detected(tmp_path: Path) -> None:
    crossing = tmp_path / "crossing.py"
    crossing.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n"
        "from ..ui import window\ndef later():\n    import PySide6.QtCore\n"
    )
    name = "gdm_studio.engine.crossing"
    assert imports(name, crossing) >= {"gdm_studio.ui", "torch", "PySide6.QtCore"}
    assert not imports(name, crossing, only_on_import=True) & {"torch", "PySide6.QtCore"}
