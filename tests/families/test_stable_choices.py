"""What people decide of a checkpoint beside its file: how its prompts are read, and what it is used with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gdm_studio import paths
from gdm_studio.cli.main import run
from gdm_studio.engine.generate import generate
from gdm_studio.engine.reproduce import reproducing
from gdm_studio.errors import BadRequest, DeviceError
from gdm_studio.gallery import read
from gdm_studio.models.fingerprint import of_named
from gdm_studio.models.library import Library
from gdm_studio.models.precision import name_of
from gdm_studio.queueing.remedies import REMEDIES
from gdm_studio.request import BUILT_IN, Branch, Request
from gdm_studio.run import Phase
from tests.families.test_stable_parts import ASKED, answer, picture, put, result
from tests.helpers.judging import returned

# how prompts are read

LITERAL = "a [b] (c:2) BREAK <lora:x:1>"


def test_a_request_says_which_grammar_its_prompt_is_in(checkpoints: Path, tmp_path: Path) -> None:
    library = put(checkpoints)
    weighed, literal = (result(library, prompt="a (red:1.6) house", grammar=each) for each in ("auto", "plain"))
    assert (weighed.request.grammar, literal.request.grammar) == ("webui", "plain")
    assert not np.array_equal(weighed.rgba, literal.rgba)
    assert np.array_equal(weighed.rgba, picture(library, prompt="a (red:1.6) house", grammar="webui"))
    assert np.array_equal(literal.rgba, picture(library, prompt=r"a \(red:1.6\) house")), "brackets are letters"
    asked = ["generate", "a (red:1.6) house", "--grammar", "Plain words", "--model", "tiny", "--steps", "2"]
    more = ["--seed", "7", "--device", "cpu", "--guidance", "1", "--dtype", "fp32", "--out", str(tmp_path)]
    assert run([*asked, *more]) == 0
    (file,) = tmp_path.glob("*.png")
    told = read(file).request
    assert told is not None and told.grammar == "plain"
    assert answer(reproducing(literal.rgba, told, library, made_with={"dtype": "fp32", "device": "CPU"})) == "exactly"


def test_of_plain_words_nothing_is_left_out_and_nothing_is_called(checkpoints: Path) -> None:
    library = put(checkpoints)
    with pytest.raises(BadRequest, match="no adapter called 'x'"):
        picture(library, prompt=LITERAL)
    events = list(generate(Request(**{**ASKED, "prompt": f"{LITERAL} <hypernet:y:1>"}, grammar="plain"), library))
    assert not [event.note for event in events if isinstance(event, Phase) and event.note]
    card, request = library.card("tiny"), Request(prompt="a <lora:x:1>", grammar="plain")
    assert of_named(card, request) == {}


def test_pictures_of_before_are_read_as_their_model_read_them(checkpoints: Path) -> None:
    library = put(checkpoints)
    made = result(library, prompt="a ((red)) [house:shed:1]")
    told = json.loads(made.request.to_json())
    assert told.pop("grammar") == "webui"
    before = Request.from_json(json.dumps(told))
    assert before.grammar == "auto" and before.digest() == made.request.digest()
    assert answer(reproducing(made.rgba, before, library, made_with={"dtype": "fp32", "device": "CPU"})) == "exactly"
    old = Request(prompt="a [b] (c:2) <lora:x:1>", seed=3, model="tiny", size=(64, 64)).checked()
    assert old.digest() == "969aaf7a97fe9a061bb0bb44ecd32373", "as before requests had a grammar"
    assert library.card("tiny").checked(old).digest() != library.card("tiny").checked(plain(old)).digest()
    branch = library.card("tiny").checked(Request(**ASKED, branch=Branch(Request(**ASKED), 1)))
    assert branch.branch is not None and branch.grammar == branch.branch.parent.grammar == "webui"


def plain(request: Request) -> Request:
    return Request(**{**vars(request), "grammar": "plain"})


def test_a_model_without_a_grammar_reads_plain_words() -> None:
    card = Library().card(BUILT_IN)
    asked = Request(prompt="a [b] (c:2)", seed=3)
    assert asked.checked().digest() == "9143ead2fea53609d1d50416e302ad11"
    assert card.checked(plain(asked)) == card.checked(asked) and card.checked(asked).grammar == "auto"
    with pytest.raises(BadRequest, match=f"{BUILT_IN} reads prompts as plain words; leave out the grammar"):
        card.checked(Request(prompt="a", grammar="webui"))
    with pytest.raises(BadRequest, match="no grammar called 'latex'; choose one of auto, plain, webui"):
        Request(grammar="latex").checked()


# in what it runs


def maps() -> list[str]:
    """What of this process's memory is whose, as Linux tells it."""
    place = Path("/proc/self/maps")
    return place.read_text().splitlines() if place.exists() else []


def test_fp16_is_refused_on_a_cpu_in_a_sentence(checkpoints: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = put(checkpoints)
    with pytest.raises(DeviceError, match="^A CPU computes no fp16; choose bf16, fp32 or auto, or another device.$"):
        picture(library, dtype="fp16")
    assert run(["generate", "a house", "--model", "tiny", "--device", "cpu", "--dtype", "fp16"]) == 2
    assert capsys.readouterr().err.count("A CPU computes no fp16") == 1
    made = result(library)
    assert REMEDIES["cpu"].mended(Request(device="cuda", dtype="fp16")).dtype == "fp32"
    told = {"dtype": "fp16", "device": "NVIDIA T4"}
    verdict = returned(reproducing(made.rgba[:, ::-1], made.request, library, made_with=told))
    assert "It was made in fp16; here in fp32." in verdict.reasons


def test_fp16_weights_are_run_in_fp16_as_they_lie_in_the_file_and_the_rest_in_fp32(checkpoints: Path) -> None:
    library = put(checkpoints)
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float16)
    stored = load_file(paths.models_dir() / "tiny.safetensors")
    for name, weight in model.networks.unet.named_parameters():
        there = stored[f"model.diffusion_model.{name}"]
        assert weight.dtype == torch.float16 and torch.equal(weight.view(-1), there.view(-1)), name
    pages = [line.split()[0].split("-") for line in maps() if line.rstrip().endswith("tiny.safetensors")]
    ranges = [range(int(first, 16), int(last, 16)) for first, last in pages]
    places = [weight.data_ptr() for weight in model.networks.unet.parameters()]
    assert not pages or all(any(place in each for each in ranges) for place in places), "nothing is copied"
    assert name_of(model.dtype) == "fp16" and model.card.dtypes == ("bf16", "fp16", "fp32")
    others = (*model.networks.vae.parameters(), *model.networks.texts["text_encoder"].parameters())
    assert {weight.dtype for weight in others} == {torch.float32}, "an XL's VAE overflows in fp16"
