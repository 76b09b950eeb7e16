"""Rules on the structure of the package besides its allowed imports."""

from __future__ import annotations

import ast
from collections import Counter

from tests.helpers.source_tree import OURS, imported_modules, syntax_nodes

# Modules outside the built-in model's packages that may name it, with the number of places.
BUILT_IN = {
    # The verb that builds its training set.
    "cli.data": 1,
    # The verbs that train it.
    "cli.train": 3,
    # The model of files that name none.
    "request.migrations": 1,
    # Weights of an earlier version, whose files name none.
    "models.fingerprint": 2,
    # The default model.
    "request.generation_request": 1,
    # The sentence about its images on the empty canvas.
    "ui.create.viewer.welcome": 1,
}
NAMES = ("icons", "icons-fast", "icons-2", "icons-2-fast")
ITS_PACKAGES = ("training.", "models.families.icons")
# A key of a web manifest, a folder of drawings, and a kind of images.
OTHER_ICONS = {
    "gallery.export.favicons_and_app_icons", "models.prompts.modifiers", "models.prompts.word_classes",
    "ui.theme.icons",
}  # fmt: skip


def short(name: str) -> str:
    return name.removeprefix("gdm_studio.")


def modules_in_cycles() -> set[str]:
    """Return the modules that import themselves indirectly."""
    graph = {name: imported_modules(name) for name in OURS}
    return {name for name in graph if name in _reached(name, graph)}


def _reached(start: str, graph: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def test_modules_do_not_import_each_other_in_a_cycle() -> None:
    assert not {short(name) for name in modules_in_cycles()}


def test_the_built_in_model_is_named_only_where_allowed() -> None:
    found: Counter[str] = Counter()
    for name, path in OURS.items():
        texts = (node.value for node in syntax_nodes(path, NAMES) if isinstance(node, ast.Constant))
        found[short(name)] += sum(text in NAMES for text in texts)
    elsewhere = {name: count for name, count in found.items() if not name.startswith(ITS_PACKAGES) and count}
    assert {name: count for name, count in elsewhere.items() if name not in OTHER_ICONS} == BUILT_IN


def test_preconditioning_is_implemented_in_one_place() -> None:
    coefficients = {"c_skip", "c_out", "c_in"}
    knowing = {
        short(name)
        for name, path in OURS.items()
        for node in syntax_nodes(path, coefficients)
        if isinstance(node, ast.Attribute) and node.attr in coefficients
    }
    assert knowing == {"maths.diffusion"}


def test_a_cycle_is_detected() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}
    assert {name for name in graph if name in _reached(name, graph)} == {"b", "c"}
