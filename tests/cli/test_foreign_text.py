"""Text from files, names and paths is never printed to the terminal unescaped, by any verb."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio import preferences
from gdm_studio.cli import main as command_line
from gdm_studio.cli.main import run
from gdm_studio.common import error_log, paths
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import Queue
from gdm_studio.request.generation_request import Request
from tests.helpers import foreign_images, tiny_model
from tests.helpers.library import result

CONTROL_CHARACTERS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
IN_NAMES = "n\x1b]0;x\x07\x9b31m\u202e\u2066\ngdm-studio: forged"
POISON = f'<img src="x">{IN_NAMES}\0\r\x7f'
TINY = ["--steps", "1", "--device", "cpu"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create a home with control characters in all texts: paths, models, images, marks, queue, settings and errors."""
    home = tmp_path / IN_NAMES
    monkeypatch.setenv("GDM_STUDIO_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    _write_models()
    preferences.save(replace(preferences.Preferences(), model_folders=(str(home / "models gone"),)))
    with closing(Gallery.open()) as gallery:
        kept = [gallery.save(result(POISON, seed=seed, model=POISON), note={"device": POISON}) for seed in range(2)]
        gallery.tags.set([kept[0].id], POISON)
        gallery.notes.set(kept[0].id, POISON)
    _write_foreign_image(preferences.pictures_dir() / f"{IN_NAMES}.png")
    shutil.copytree(preferences.pictures_dir(), tmp_path / f"other {IN_NAMES}")
    (preferences.pictures_dir() / f"broken {IN_NAMES}.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    queue = Queue.open()
    queue.fail(queue.add(Request(prompt=POISON, model=POISON)).id, POISON)
    queue.add(Request(prompt=POISON, model=POISON, steps=2))
    error_log.record_error(OSError(POISON))
    error_log.path().write_text(f"{error_log.path().read_text()}then unforeseen {IN_NAMES}\n")
    return home


def _write_models() -> None:
    """Write a valid model with poisoned texts and an invalid model file."""
    folder = paths.models_dir() / IN_NAMES
    card = tiny_model.write(folder).with_name("card.json")
    told = json.loads(card.read_text())
    told |= {name: POISON for name in ("name", "title", "summary", "author", "licence")}
    told["styles"] = [{"id": IN_NAMES, "title": POISON}]
    card.write_text(json.dumps(told))
    (folder / f"none {IN_NAMES}.safetensors").write_bytes(b"no model")


def _write_foreign_image(path: Path) -> Path:
    settings = "Steps: 9, Sampler: Eu\x1bler\u202e, Seed: 1, Size: 8x8, Model: m\x1b\u202e\x9b, K\x1b\u202ey: \x1b\x9b"
    return foreign_images.png(
        path, {"parameters": f"{POISON.replace(chr(0), '')}\nNegative prompt: {IN_NAMES}\n{settings}"}
    )


def _command_lines(home: Path, there: Path) -> list[list[str]]:
    ours = sorted(str(path) for path in preferences.pictures_dir().glob("*.png") if IN_NAMES not in path.name)
    other = str(preferences.pictures_dir() / f"{IN_NAMES}.png")
    name, nowhere = json.loads((paths.models_dir() / IN_NAMES / "card.json").read_text())["name"], f"no {IN_NAMES}"
    made = ["--model", str(paths.models_dir() / IN_NAMES / f"{tiny_model.NAME}.safetensors"), *TINY]
    return [
        ["models"], ["doctor"], ["gallery", "list"], ["gallery", "search", f"\x1b\u202e {IN_NAMES}"],
        ["gallery", "sources"], ["gallery", "import", str(there / f"other {IN_NAMES}")], ["gallery", "sources"],
        ["gallery", "import", nowhere], ["gallery", "sources", "--remove", nowhere],
        ["gallery", "tag", "--all", "--yes", "--name", IN_NAMES], ["gallery", "tag", "--name", "x", f"a:{IN_NAMES}"],
        ["gallery", "export", "--all", "--out", f"out {IN_NAMES}"], ["gallery", "export", "--all", "--zip", nowhere],
        ["gallery", "export", "--all", "--sheet", nowhere],
        ["gallery", "export", "--all", "--names", f"{{{IN_NAMES}}}"],
        ["gallery", "delete", "--all", "--yes"], ["gallery", "undelete"], ["gallery", "rebuild"],
        ["gallery", IN_NAMES], [IN_NAMES], ["models", IN_NAMES],
        ["models", "get", IN_NAMES], ["models", "cache", IN_NAMES], [f"--{IN_NAMES}"],
        ["inspect", *ours, other, nowhere], ["inspect", other], ["inspect", nowhere], ["inspect", str(home)],
        ["reproduce", ours[0]], ["reproduce", other], ["reproduce", nowhere],
        ["film", ours[0], "--to", f"{nowhere}.gif"], ["film", ours[0], "--to", nowhere],
        ["export", ours[0], other, "--out", f"exported {IN_NAMES}"], ["export", ours[0], "--credits"],
        ["export", ours[0], "--background", IN_NAMES], ["export", ours[0], "--as", IN_NAMES],
        ["generate", IN_NAMES, *made], ["generate", "x", "--model", IN_NAMES], ["generate", "x", "--set", IN_NAMES],
        ["generate", "x", *made, "--style", "y\x1b\u202e"], ["generate", "x", *made, "--image", nowhere],
        ["generate", "x", *made, "--keep-steps", nowhere], ["generate", "x", "--from-step", nowhere],
        ["generate", "x", "--model", str(paths.models_dir() / IN_NAMES / f"none {IN_NAMES}.safetensors")],
        ["generate", "x", "--model", name.replace("\0", "")], ["generate", IN_NAMES, "--sampler", IN_NAMES],
        ["generate", "x", *made, "--out", f"generated {IN_NAMES}", "--count", "2"],
        ["grid", IN_NAMES, *made, "--x", f"prompt={IN_NAMES},b\x1b", "--out", f"{nowhere}.png"],
        ["grid", "x", *made, "--x", IN_NAMES], ["grid", "x", *made, "--x", "seed=1", "--out", nowhere],
        ["queue", "list"], ["queue", "add", IN_NAMES, *made], ["queue", "remove", "1"], ["queue", "remove", IN_NAMES],
        ["serve", "--port", IN_NAMES], ["serve", "--host", IN_NAMES], ["mcp", IN_NAMES],
        ["queue", "run"], ["queue", "clear"], ["data", "icons", "--out", f"d {IN_NAMES}", "--source", nowhere],
        ["train", "words", "--data", nowhere, "--out", f"{nowhere}.x"], ["train", IN_NAMES],
        ["evaluate", "--data", nowhere], ["bench", IN_NAMES], ["verify", "--only", IN_NAMES], ["verify", IN_NAMES],
        ["edit", nowhere], ["edit", str(home), "--prompt", IN_NAMES, "--out", nowhere, *made],
        ["samplers"], ["samplers", IN_NAMES], ["systems"], ["likelihood", IN_NAMES], ["likelihood", "icons", nowhere],
        ["worker", "--device", IN_NAMES], ["worker", "--sharing", IN_NAMES],
        ["gallery", "move", str(there / f"moved {IN_NAMES}")], ["gallery", "list"],
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_no_verb_prints_control_characters(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], more: list[str]
) -> None:
    walk, shown = _command_lines(home, tmp_path), ""
    assert {arguments[0] for arguments in walk} >= {*command_line.VERBS}
    for arguments in walk:
        status = run([*arguments, *more])
        told = capfd.readouterr()
        for text in (told.out, told.err):
            found = CONTROL_CHARACTERS.search(text)
            assert not found, (arguments, text[max(0, found.start() - 80) :][:160])
            assert "\ngdm-studio: forged" not in text, arguments
        assert "unforeseen" not in told.err and status in (0, 1, 2), (arguments, told.err)
        shown += told.out
    assert "u202e" in shown and "x1b" in shown or "u001b" in shown


def test_verbs_print_only_through_the_output_module() -> None:
    folder = Path(command_line.__file__).parent
    printing = set()
    for path in folder.glob("*.py"):
        names = {node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
        if any(isinstance(name, ast.Name) and name.id == "print" for name in names):
            printing.add(path.name)
    assert printing == {"output.py", "progress_bar.py"}, "others use print_lines, print_notice or print_json"
