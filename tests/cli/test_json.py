"""Every verb with --json prints valid JSON to the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
import torch

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.text_safety import to_ascii_json
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import Queue
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.request.generation_request import Request
from gdm_studio.verify import CHECKS
from gdm_studio.verify.check_result import close, reported
from tests.helpers import tiny_model
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.library import result
from tests.helpers.verbs import commands
from tests.papers.test_serving import CARD, network

QUICK = ["--model", tiny_model.NAME, "--steps", "2", "--seed", "1", "--device", "cpu"]
# These verbs print one JSON document of several lines.
DOCUMENTS = {"doctor"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _tiny: None) -> Path:
    """Return a working folder, beside a fast model, a library of two images and a queue of one item."""
    monkeypatch.chdir(tmp_path)
    with closing(Gallery.open()) as gallery:
        for seed in range(2):
            gallery.save(result("a fox", seed=seed))
    Queue.open().add(Request(model=tiny_model.NAME, prompt="an owl", seed=1, steps=2, device="cpu"))
    return tmp_path


def generate_image(folder: Path) -> str:
    """Generate an image and return its path."""
    assert run(["generate", "a fox", *QUICK, "--out", str(folder)]) == 0
    return str(next(folder.glob("*.png")))


def add_models_folder(folder: Path) -> str:
    """Add a folder of models and return its path."""
    tiny_model.write(folder / "others")
    assert run(["models", "add", str(folder / "others")]) == 0
    return str(folder / "others")


ARGUMENTS: dict[str, Callable[[Path], list[str]]] = {
    "generate": lambda folder: ["a fox", *QUICK],
    "grid": lambda folder: ["a fox", *QUICK, "--x", "seed=1,2"],
    "queue list": lambda folder: [],
    "queue run": lambda folder: [],
    "queue add": lambda folder: ["a fox", *QUICK],
    "queue remove": lambda folder: ["1"],
    "queue clear": lambda folder: [],
    "models": lambda folder: [],
    "models add": lambda folder: [str(tiny_model.write(folder / "one"))],
    "models cache": lambda folder: [tiny_model.NAME, "--images", "1"],
    "models check": lambda folder: ["ddpm", "--images", "4"],
    "models forget": lambda folder: [add_models_folder(folder)],
    "models get": lambda folder: [],
    "models set": lambda folder: ["icons-2", "--tags", "small"],
    "inspect": lambda folder: [generate_image(folder)],
    "edit": lambda folder: [str(Path(generate_image(folder)).parent), "--prompt", "a star", *QUICK],
    "reproduce": lambda folder: [generate_image(folder)],
    "film": lambda folder: [generate_image(folder), "--to", "film.gif"],
    "gallery list": lambda folder: [],
    "gallery search": lambda folder: ["fox"],
    "gallery tag": lambda folder: ["--all", "--yes", "--name", "x"],
    "gallery import": lambda folder: [str(folder)],
    "gallery sources": lambda folder: [],
    "gallery delete": lambda folder: ["--all", "--yes"],
    "gallery undelete": lambda folder: [],
    "gallery export": lambda folder: ["--all", "--out", "out"],
    "gallery move": lambda folder: [str(folder / "moved")],
    "gallery rebuild": lambda folder: [],
    "export": lambda folder: [generate_image(folder)],
    "evaluate": lambda folder: ["gaussian", "--only", "colours", "--quick"],
    "bench": lambda folder: ["memory", "--model", tiny_model.NAME],
    "verify": lambda folder: ["edm", "noise"],
    "samplers": lambda folder: [],
    "systems": lambda folder: [],
    "likelihood": lambda folder: ["score-sde-vp", generate_image(folder)],
    "doctor": lambda folder: [],
}
VERBS = [name for name, parser in commands() if "--json" in parser._option_string_actions]


def read(text: str) -> Any:
    """Parse strict JSON, which has no NaN and no infinity."""

    def refused(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refused)


def rows(text: str) -> list[Any]:
    return [read(line) for line in text.splitlines()]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_with_json_prints_json(
    verb: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb in ARGUMENTS, "a verb with --json needs its arguments here"
    if verb == "evaluate":
        monkeypatch.setattr("gdm_studio.models.model_library.Library", GaussianLibrary)
    # The integration of a likelihood takes seconds with the default tolerance.
    monkeypatch.setattr("gdm_studio.papers.claims.likelihood.TOLERANCE", 1.0)
    arguments = ARGUMENTS[verb](folder)
    capsys.readouterr()
    status = run([*verb.split(), *arguments, "--json"])
    told = capsys.readouterr()
    assert status in (0, 1) and "unforeseen" not in told.err, told.err
    if verb in DOCUMENTS:
        assert isinstance(read(told.out), dict)
    elif verb != "gallery sources":
        assert rows(told.out)


def test_tree_and_strips_are_named_in_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["systems", "--tree", str(folder / "tree.md"), "--json"]) == 0
    assert rows(capsys.readouterr().out) == [{"tree": str(folder / "tree.md")}]
    card = CARD | {"name": "u-vit", "defaults": {"steps": 2, "sampler": "ddpm"}}
    write_model(paths.models_dir() / "u-vit.safetensors", {"denoiser": network()}, card, {})
    assert run(["systems", "u-vit", "--strips", "--out", str(folder), "--json"]) == 0
    (strip,) = rows(capsys.readouterr().out)
    assert strip["system"] == "u-vit" and Path(strip["strip"]).is_file()


def test_checks_accept_numbers_of_numpy_and_torch(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def kinds():  # type: ignore[no-untyped-def]
        """Numbers of numpy and torch, and numbers that are none"""
        yield close("numpy", np.float64(1), np.float64(1), share=np.float64(0.1))  # type: ignore[arg-type]
        yield close("torch", torch.tensor(1.0), torch.tensor(1.0), share=torch.tensor(0.1))  # type: ignore[arg-type]
        yield close("infinite", np.float32("inf"), 1.0, share=float("inf"))
        yield reported("nothing", np.float64("nan"))

    monkeypatch.setitem(CHECKS, "kinds", kinds)
    assert run(["verify", "kinds", "--json"]) == 1
    *checks, total = rows(capsys.readouterr().out)
    assert [check["passed"] for check in checks] == [True, True, True, False]
    assert [check["measured"] for check in checks] == [1, 1, None, None]
    assert total == {"checks": 4, "failed": 1}


def test_numbers_of_libraries_become_plain_json() -> None:
    value = {"flag": np.bool_(True), "whole": np.int64(3), "real": np.float32(0.5), "many": (np.arange(2), [np.nan])}
    assert read(to_ascii_json(value)) == {"flag": True, "whole": 3, "real": 0.5, "many": [[0, 1], [None]]}
    assert read(to_ascii_json({"one": torch.tensor(2), "none": float("-inf")})) == {"one": 2, "none": None}
