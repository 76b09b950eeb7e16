"""Allowed imports between subpackages, and where torch and Qt must not be imported."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.helpers.source_tree import BENCHES, OURS, imports, modules, package_of, syntax_nodes

# Each package may import those after it. All other packages may import the packages of BASE.
BASE = ["preferences", "request", "maths", "common"]
CHAIN = ["papers", "training", "verify", "engine", "denoising_steps", "models", "networks"]
ENGINE = set(CHAIN[CHAIN.index("engine") :])
# All packages below the window.
BELOW = {"doctor", "downloads", "gallery", "jobs", "learning", "self_test", *CHAIN}
ALLOWED = {room: set(chain[place:]) for chain in (BASE, CHAIN) for place, room in enumerate(chain)} | {
    "downloads": {"downloads", "models", "networks"},
    "gallery": {"gallery"},
    "doctor": {"doctor", "gallery", "models", "networks"},
    "jobs": {"jobs", "gallery", *ENGINE},
    "learning": {"learning", "gallery", *ENGINE},
    "self_test": {"self_test", *ENGINE},
    "studio": {"studio", *BELOW},
    "server": {"server", "studio", *BELOW},
    "ui": {"ui", "studio", *BELOW},
    "cli": {"cli", "ui", "server", "studio", *BELOW},
}
# The layers of the window from bottom to top. A module imports only its own folder and lower layers.
LAYERS = [
    {"translation"},
    {"theme"},
    {"window_actions"},
    {"widgets"},
    {
        "fuzzy_match",
        "folder_dialogs",
        "running_jobs",
        "worker_thread",
        "undo_stack",
        "progress",
        "notifier",
        "app_context",
        "card_translations",
        "interpolation_texts",
        "setting_texts",
        "window_state_file",
        "tasks",
    },
    {"denoising_steps"},
    {"gallery", "learn", "models", "paper_family_tree", "train"},
    {"create", "export"},
    {"compare", "settings"},
    {"shell"},
]
IMAGE_OPENERS = {"Image.open", "PIL.Image.open", "QImageReader", "QMovie"}
# Qt decodes only the thumbnails that the program has written into its cache, of at most 512 pixels a side.
OPENERS_OF = {"gdm_studio.common.image_file": IMAGE_OPENERS, "gdm_studio.ui.gallery.thumbnails": {"QImageReader"}}
NO_TORCH_ON_IMPORT = [*BASE, "doctor", "downloads", "gallery", "jobs", "learning", "studio", "server", "cli", "ui"]


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


# One test for all modules, since a test of each would take thirty times as long.
def test_packages_import_only_what_they_may() -> None:
    forbidden = set()
    for name, path in OURS.items():
        package = package_of(name)
        allowed = ALLOWED.get(package, set()) | (set() if package in BASE else set(BASE)) | {""}
        if name == "gdm_studio.__main__":
            allowed.add("cli")
        asked = {module for module in imports(name, path) if module.split(".")[0] == "gdm_studio"}
        forbidden |= {(name, module) for module in asked if package_of(module) not in allowed}
    assert forbidden == set()


def part_of(name: str) -> str:
    """Return the folder or file of the window that contains a module."""
    return [*name.split("."), "", ""][2]


def test_the_window_imports_only_lower_layers() -> None:
    forbidden = set()
    for name in (name for name in OURS if package_of(name) == "ui" and part_of(name)):
        part = part_of(name)
        (floor,) = (number for number, parts in enumerate(LAYERS) if part in parts)
        shared = LAYERS[floor] if "tasks" in LAYERS[floor] else {part}
        allowed = shared.union(*LAYERS[:floor], {""})
        # The context names the types of services from any layer, but imports none of them.
        asked = imports(name, OURS[name], only_on_import=part == "app_context")
        ours = {module for module in asked if module.startswith("gdm_studio.ui")}
        forbidden |= {(name, module) for module in ours if part_of(module) not in allowed}
    assert forbidden == set()


@pytest.mark.parametrize("package", sorted({package_of(name) for name in OURS} & {*NO_TORCH_ON_IMPORT}))
def test_torch_is_not_loaded_with(package: str) -> None:
    for name in (name for name in OURS if package_of(name) == package):
        found = loaded_with(name)
        assert "torch" not in found, f"{found.get('torch')} imports torch, and importing {name} imports that"


@pytest.mark.parametrize("name", ["benches", "benches.window", "benches.window_start", "benches.gallery_page"])
def test_window_benchmarks_do_not_import_torch(name: str) -> None:
    assert "torch" not in loaded_with(name)


def test_only_the_bench_verb_imports_the_benchmarks() -> None:
    using = {name for name in OURS if any(asked.split(".")[0] == "benches" for asked in imports(name, OURS[name]))}
    assert using == {"gdm_studio.cli.bench"}


def test_third_party_packages_are_imported_only_where_allowed() -> None:
    for name, path in OURS.items():
        asked = {module.split(".")[0] for module in imports(name, path)}
        assert not asked & {"diffusers", "transformers"}, name
        assert package_of(name) == "ui" or not asked & {"PySide6", "qasync"}, name
        assert package_of(name) != "maths" or not asked & {"torch"}, name


def test_images_are_opened_in_one_place() -> None:
    ends = {opener.rpartition(".")[2] for opener in IMAGE_OPENERS}
    for name, path in OURS.items():
        called = [node.func for node in syntax_nodes(path, ends) if isinstance(node, ast.Call)]
        # Turning every call back into text would take seconds.
        last = ((each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", ""), each) for each in called)
        found = {ast.unparse(each) for end, each in last if end in ends} & IMAGE_OPENERS
        allowed = OPENERS_OF.get(name, set())
        assert found <= allowed, f"{name}: {found - allowed}; use open_image"


SHARED = {
    "gdm_studio.common",
    "gdm_studio.common.archive_errors",
    "gdm_studio.common.program_bundle",
    "gdm_studio.common.system_libraries",
}


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
