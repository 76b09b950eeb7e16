"""A process in which Request has one more field of each kind, which checks that all parts of the program know them.

Each field is added by one line of source. `python -m tests.helpers.extra_fields` raises AssertionError at the first
part that does not know the fields.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent.parent
FIRST = "    prompt: Annotated["
GLOW = '    glow: Annotated[float, Setting("Glow", 0.0, 8.0, "How much it shines")] = 0.5\n'
ROLE = "role=Role.STEERING | Role.SHOWN ^ Role.PANEL"
SHINE = (
    '    shine: Annotated[str, Setting("Shine", summary="In which way", choices={"dim": "Dim", "lit": "Well lit"},'
    f' {ROLE})] = "dim"\n'
)
GLINT = f'    glint: Annotated[bool, Setting("Glint", summary="Whether it glints", {ROLE})] = False\n'
SHINING: Any = {"glow": 3.5, "shine": "lit", "glint": True}


def import_patched_request(before: str, after: str) -> Any:
    """Import the module of `Request` with the source text `before` replaced by `after`, to add fields to it."""
    path = ROOT / "gdm_studio" / "request" / "generation_request.py"
    source = path.read_text(encoding="utf-8")
    assert source.count(before) == 1 and "gdm_studio.request.generation_request" not in sys.modules
    module = ModuleType("gdm_studio.request.generation_request")
    sys.modules[module.__name__] = module
    exec(compile(source.replace(before, after), path, "exec"), module.__dict__)
    return module


def run_cli(*arguments: str) -> str:
    """Run the program with these command-line arguments, check that it succeeds, and return its standard output."""
    from gdm_studio.cli.main import run

    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert run(arguments) == 0, arguments
    return out.getvalue()


def glow(request: Any) -> Any:
    """Return the value of the added field "glow" of a request. Type checkers do not know this field."""
    return request.glow


def added_values(request: Any) -> dict[str, Any]:
    """Return the values of all fields that this test has added to `Request`, by name."""
    return {name: getattr(request, name) for name in SHINING}


def main() -> None:
    module = import_patched_request(FIRST, GLOW + SHINE + GLINT + FIRST)
    plain = module.Request(prompt="a red apple", model="icons", seed=5, rules=1).checked()
    _check_validation(module, plain)
    _check_command_line(plain)
    _check_branches_and_grids(module, plain)
    _check_files_and_search(plain)
    _check_window(plain)


def _check_validation(module: Any, plain: Any) -> None:
    from gdm_studio.common.errors import BadRequest

    for name, wrong, says in (
        ("glow", 9.0, "glow must be from 0 to 8"),
        ("glow", "x", "glow must be a number from 0 to 8"),
        ("shine", "x", "no shine called 'x'; choose one of dim, lit"),
        ("shine", 3, "shine must be text, not 3"),
        ("glint", 1, "glint must be true or false, not 1"),
    ):
        try:
            replace(plain, **{name: wrong}).checked()
        except BadRequest as error:
            assert says in str(error)
        else:
            raise AssertionError(f"{wrong!r} was let through")
    shining = replace(plain, **SHINING)
    assert module.Request.from_json(shining.to_json()) == shining
    assert module.Request.from_json('{"prompt": "a"}').glow == 0.5
    assert plain.digest() == replace(plain, glow=0.5).digest() == "57e4985792998630949d9c11f4151a4d"
    assert len({plain.digest(), *(replace(plain, **{name: value}).digest() for name, value in SHINING.items())}) == 4


def _check_command_line(plain: Any) -> None:
    from gdm_studio.cli.options import add_options, request_over

    parser = argparse.ArgumentParser()
    add_options(parser)
    written = ["--glow", "3.5", "--shine", "lit", "--glint"]
    assert request_over(parser.parse_args(written), plain) == replace(plain, **SHINING)
    assert "how much it shines, 0 to 8 (default: 0.5)" in " ".join(parser.format_help().split())


def _check_branches_and_grids(module: Any, plain: Any) -> None:
    from gdm_studio.engine.grids import Axis, Grid, list_axis_settings
    from gdm_studio.studio.model_compatibility import branch_request
    from gdm_studio.ui.create.board.contact_sheet import shared_settings
    from gdm_studio.ui.denoising_steps.setting_changes import list_changes

    branch = branch_request(plain, 3, replace(plain, **SHINING))
    assert added_values(branch) == SHINING
    assert list_changes(plain, branch) == ["glow 0.5 → 3.5", "shine Dim → Well lit", "glint no → yes"]
    assert not module.same_settings(plain, branch, module.Role.PREDICTION)
    grid = Grid(plain, Axis.of(list_axis_settings(plain, [])["glow"], "1-3"))
    assert [glow(one) for one in grid.requests()] == [1, 2, 3] and grid.titles()[0] == "glow 1"
    for name, text, titles, values in (
        ("shine", "Well lit, dim", ["shine Well lit", "shine Dim"], ["lit", "dim"]),
        ("glint", "no, yes", ["glint no", "glint yes"], [False, True]),
    ):
        grid = Grid(plain, Axis.of(list_axis_settings(plain, [])[name], text))
        assert grid.titles() == titles and [added_values(one)[name] for one in grid.requests()] == values
    over_steps = Grid(replace(plain, **SHINING), Axis.of(list_axis_settings(plain, [])["steps"], "1-3"))
    assert all(words in shared_settings(over_steps) for words in ("glow 3.5", "shine Well lit", "glint yes"))


def _check_files_and_search(plain: Any) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from gdm_studio.gallery import Gallery, read
    from gdm_studio.gallery.filename_pattern import NameParts, iter_candidate_names
    from gdm_studio.gallery.metadata import a1111_parameters
    from gdm_studio.gallery.search_terms import completions
    from tests.helpers.library import result

    with contextlib.closing(Gallery.open()) as gallery:
        kept = gallery.save(result(seed=7, **SHINING))
        assert "glint:yes" in gallery.suggestions.complete("glint:", 6)
    for query in ("glow:>3", "shine:lit", 'shine:"well lit"', "glint:yes", "shine:lit -glint:no"):
        found = [json.loads(line) for line in run_cli("gallery", "search", query, "--json").splitlines()]
        assert [one["seed"] for one in found] == [7] and {name: found[0][name] for name in SHINING} == SHINING, query
    before = [json.loads(line) for line in run_cli("gallery", "search", "glow:0.5", "--json").splitlines()]
    assert [one["seed"] for one in before] == [6], "the index that knew no such field was filled again"
    assert completions("glo", 3, lambda field: []) == ["glow:"]
    assert added_values(read(kept.path).request) == SHINING
    assert "  glow                3.5\n" in run_cli("inspect", str(kept.path))
    text = PngInfo()
    text.add_text(
        a1111_parameters.CHUNK, a1111_parameters.write_text(kept.request, size=(16, 16), version="GDM Studio 1")
    )
    other = kept.path.with_name("told.png")
    Image.new("RGB", (16, 16)).save(other, pnginfo=text)
    assert added_values(read(other).request) == SHINING and {"Glow", "Shine", "Glint"} <= read(other).used.keys()
    assert read(other).used["Glow"] == "3.5"
    named = NameParts(kept.request, kept.id, 0.0, (16, 16))
    assert next(iter_candidate_names("{seed} {glow} {shine} {glint}", named)) == "7 3.5 lit yes"


def _check_window(plain: Any) -> None:
    from gdm_studio.gallery import Picture
    from gdm_studio.studio.request_draft import RequestDraft
    from gdm_studio.ui.compare.setting_differences import facts
    from gdm_studio.ui.create.panel.settings_panel import Controls
    from gdm_studio.ui.gallery.image_details import facts_of
    from gdm_studio.ui.widgets.image_comparison.compared_image import Item
    from tests.helpers.widgets import flat_image, show_widget, theme

    shining = replace(plain, **SHINING)
    picture = Picture("0" * 32, Path("x.png"), 0.0, (16, 16), shining)
    assert {("Glow", "3.50"), ("Shine", "Well lit"), ("Glint", "yes")} <= set(facts_of(picture))
    assert not {"Glow", "Shine", "Glint"} & dict(facts_of(replace(picture, request=plain))).keys()
    compared = {
        fact.name: fact
        for fact in facts([Item("a", flat_image(0, 0, 0), plain), Item("b", flat_image(0, 0, 0), shining)])
    }
    assert compared["Glow"].values == ("0.5", "3.5") and compared["Glow"].differs
    assert compared["Shine"].values == ("Dim", "Well lit") and compared["Glint"].values == ("no", "yes")
    controls = show_widget(Controls(theme(), RequestDraft()), height=900)
    controls.set_request(shining)
    assert glow(controls.request()) == 3.5 and "Glow" in dict(controls.parts())
    controls.rows["glow"].edit.edited.emit(8.0)
    controls.reset()
    assert glow(controls.request()) == 0.5
    controls.close()


if __name__ == "__main__":
    main()
