"""Very long prompts on the command line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import save
from gdm_studio.gallery.metadata.record import CHUNK
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_stable

MODEL = ["--model", "tiny", "--steps", "2", "--size", "64x64", "--seed", "1", "--device", "cpu"]
TOO_LONG = {
    "word": "a" * 1_000_000, "adapters": "<lora:" * 20_000, "brackets": "(a" * 15_000,
    "nested": "(" * 10_000 + "a" * 10_000 + ")" * 10_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_stable.write(tmp_path_factory.mktemp("models") / "tiny.safetensors")


@pytest.fixture(autouse=True)
def _models(checkpoint: Path, _own_home: Path) -> None:
    paths.models_dir().mkdir(parents=True)
    (paths.models_dir() / checkpoint.name).symlink_to(checkpoint)


@pytest.mark.parametrize("verb", [["generate"], ["queue", "add"]])
@pytest.mark.parametrize("prompt", TOO_LONG.values(), ids=TOO_LONG)
def test_a_prompt_beyond_the_limit_is_refused(verb: list[str], prompt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*verb, prompt, *MODEL]) == 2
    assert f"The prompt has {len(prompt):,} characters; shorten it to 10,000 at most." in capsys.readouterr().err
    assert run([*verb, "a fox", "--negative", prompt, *MODEL]) == 2
    assert "The negative prompt has" in capsys.readouterr().err


def test_an_image_with_a_prompt_beyond_the_limit_is_inspected_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = Request(model="tiny", prompt=TOO_LONG["word"], steps=2, size=(64, 64))
    path = save(Result(0, request, np.zeros((64, 64, 4), np.uint8)), tmp_path).path
    assert run(["inspect", str(path), "--json"]) == 0
    assert TOO_LONG["word"] in capsys.readouterr().out
    assert run(["reproduce", str(path)]) == 2
    assert "The prompt has 1,000,000 characters" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "prompt",
    [
        "[" * 1500 + "]" * 1500,
        "(a" * 1500,
        " " * 3000 + "x",
        "[a:" + "9" * 400 + "]",
        "<lora:" * 1600,
        "(a:" + "9" * 400 + ")",
    ],
    ids=["pairs", "brackets", "spaces", "number", "adapters", "weight"],
)
def test_a_prompt_within_the_limit_is_generated(
    prompt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.process_time()
    assert run(["generate", prompt, *MODEL, "--out", str(tmp_path)]) == 0, capsys.readouterr().err
    assert len(list(tmp_path.glob("*.png"))) == 1
    assert time.process_time() - began < 120


@pytest.mark.slow
def test_a_lone_surrogate_in_a_file_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toward = {"prompt": "owl \ud800", "seed": 2, "amount": 0.5}
    request = json.loads(Request(model="tiny", steps=2, size=(64, 64)).to_json())
    request |= {"prompt": "fox \ud800", "negative_prompt": "\udfff", "toward": toward}
    record = {"version": 1, "id": "abcdefgh12345678", "created": 1.7e9, "app": "0.1.0", "request": request}
    text = PngImagePlugin.PngInfo()
    text.add_text(CHUNK, json.dumps(record))
    path = tmp_path / "surrogate.png"
    Image.new("RGBA", (64, 64)).save(path, pnginfo=text)
    run(["reproduce", str(path)])
    said = capsys.readouterr()
    assert "unforeseen" not in said.out + said.err and "Error" not in said.err
