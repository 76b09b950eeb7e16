"""Addition of a setting: one line in the class of requests is enough for everything that lists settings."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.gallery import Gallery
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_request import SETTINGS, Request, Role
from tests.helpers.library import result

ROOT = Path(__file__).parent.parent
# The number of field names that may be in one list.
MAX_NAMES = 2
# Fields are declared here, translated from those of other programs, or columns of a table for other programs.
DECLARING_FILES = (
    "request/generation_request.py", "request/migrations.py", "gallery/metadata/", "server/", "jobs/shards/",
)  # fmt: skip
# Checks and measurements named after their subjects, and the settings of points in the plane.
COINCIDENCES = {
    "verify/__init__.py",
    "cli/bench.py",
    "learning/point_runs.py",
    "models/installed/saved_model_list.py",
    "ui/learn/controls.py",
}


def run_python(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_additional_field_is_known_everywhere() -> None:
    with closing(Gallery.open()) as gallery:
        gallery.save(result(seed=6))
        assert gallery.count() == 1
    run_python("-m", "tests.helpers.extra_fields")


def test_a_changed_default_changes_no_digest_and_no_old_file() -> None:
    script = """
from dataclasses import replace
from tests.helpers.extra_fields import import_patched_request
Request = import_patched_request("] = 4.0", "] = 7.0").Request
assert Request().guidance_scale == 7 and Request.from_json('{"version": 1, "prompt": "a"}').guidance_scale == 4
plain = Request(prompt="a red apple", model="icons", seed=5, guidance_scale=4.0, rules=1).checked()
assert plain.digest() == "57e4985792998630949d9c11f4151a4d" != replace(plain, guidance_scale=7.0).checked().digest()
"""
    run_python("-c", script)


def test_fields_are_listed_nowhere_else() -> None:
    package = ROOT / "gdm_studio"
    files = {path.relative_to(package).as_posix(): path for path in sorted(package.rglob("*.py"))}
    apart = {
        name: path for name, path in files.items() if not name.startswith(DECLARING_FILES) and name not in COINCIDENCES
    }
    found = {name: list(lines_of_lists(path.read_text(encoding="utf-8"))) for name, path in apart.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}, (
        "gdm_studio.request.generation_request.with_role lists fields"
    )


def test_a_list_of_fields_is_detected() -> None:
    source = """
a = ("seed", "steps", "knobs")
b = {"seed": 1, "steps": 2, **{"prompt": 3}}
match b:
    case "seed" | "steps":
        pass
    case "model":
        pass
"""
    assert sorted(lines_of_lists(source)) == [2, 3, 4] and not list(lines_of_lists('x = ["seed", "steps", "else"]\n'))


def lines_of_lists(source: str) -> Iterator[int]:
    """Yield the lines of tuples, lists, sets, dicts and matches with more than MOST names of fields."""
    for node in ast.walk(ast.parse(source)):
        if len(field_names(node)) > MAX_NAMES:
            yield node.lineno  # type: ignore[attr-defined]


def field_names(node: ast.AST) -> set[str]:
    match node:
        case ast.Tuple() | ast.List() | ast.Set():
            inside: list[ast.AST] = [each.value if isinstance(each, ast.Starred) else each for each in node.elts]
        case ast.Dict():
            inside = [key or value for key, value in zip(node.keys, node.values, strict=True)]
        case ast.Match():
            found = [each for case in node.cases for each in ast.walk(case.pattern)]
            inside = [each.value for each in found if isinstance(each, ast.MatchValue)]
        case _:
            return set()
    own = {str(each.value) for each in inside if isinstance(each, ast.Constant) and each.value in SETTINGS}
    return own.union(*(field_names(each) for each in inside))


def test_every_setting_has_consistent_roles() -> None:
    for setting in SETTINGS.values():
        assert Role.SEARCH not in setting.role or setting.word.isalpha(), "the search language has letters alone"
        assert Role.PANEL not in setting.role or setting.is_number, "a slider is for numbers"
        assert not (Role.PATH in setting.role and Role.STEERING & setting.role), "a branch keeps it, or changes it"


def test_a_changed_sampler_default_changes_no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [Request(sampler="ddim", knobs={"eta": eta}).checked().digest() for eta in (0.0, 0.5)]
    knobs = tuple(replace(knob, default=0.5) for knob in SAMPLERS["ddim"].params)
    monkeypatch.setitem(SAMPLERS, "ddim", replace(SAMPLERS["ddim"], params=knobs))
    assert Request(sampler="ddim").checked().knobs == {"eta": 0.5}
    assert [Request(sampler="ddim", knobs={"eta": eta}).checked().digest() for eta in (0.0, 0.5)] == before
