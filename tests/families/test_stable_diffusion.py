"""Checkpoints of Stable Diffusion in the models folder: recognised, described, and made pictures with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gdm_studio import paths
from gdm_studio.cli.main import run
from gdm_studio.engine import inputs
from gdm_studio.engine.generate import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.results import reached
from gdm_studio.engine.sources import Source
from gdm_studio.errors import BadRequest, ModelError, StudioError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families.stable_diffusion import family
from gdm_studio.models.families.stable_diffusion.conditioning import encoded
from gdm_studio.models.families.stable_diffusion.windows import tokenized
from gdm_studio.models.grammar import Weighted, stretches
from gdm_studio.models.header import read_header
from gdm_studio.models.library import Library
from gdm_studio.networks.stable_diffusion.tokenizer import clip_tokenizer
from gdm_studio.request import Branch, Request
from gdm_studio.run import Advance, Result
from tests.helpers import tiny_stable
from tests.helpers.latents import last_latents
from tests.parity import pipelines
from tests.parity import weights as parity

ASKED: Mapping[str, Any] = {
    "prompt": "a (red:1.3) house", "negative_prompt": "blurry", "model": "tiny", "steps": 4, "device": "cpu",
    "dtype": "fp32", "guidance_scale": 4.0, "seed": 7,
}  # fmt: skip
TEXT = "cond_stage_model.transformer.text_model."
WHAT = {"sd1": "Stable Diffusion 1", "sd2": "Stable Diffusion 2", "sdxl": "SDXL", "refiner": "SDXL refiner"}


def put(checkpoints: Path, kind: str = "sd1", layout: str = "file") -> Library:
    """A library with the checkpoint of that kind, called "tiny"."""
    there = checkpoints / (f"{kind}.safetensors" if layout == "file" else kind)
    if not there.exists():
        (tiny_stable.write if layout == "file" else tiny_stable.write_folder)(there, kind)
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    place = paths.models_dir() / ("tiny.safetensors" if layout == "file" else "tiny")
    if layout == "file":
        place.hardlink_to(there)
    else:
        shutil.copytree(there, place, copy_function=lambda here, to: Path(to).hardlink_to(here))
    return Library()


def picture(library: Library, **changes: Any) -> np.ndarray:
    results = [event for event in generate(Request(**{**ASKED, **changes}), library) if isinstance(event, Result)]
    return results[0].rgba


@pytest.mark.parametrize("kind", WHAT)
def test_a_checkpoint_is_described_by_its_header(kind: str, checkpoints: Path) -> None:
    library = put(checkpoints, kind)
    card = library.card("tiny")
    assert (card.family, card.summary, card.prediction) == ("stable_diffusion", WHAT[kind], "epsilon")
    assert card.sizes()[0] == (64, 64) and card.latent == (4, 8, 8) and not library.refused()
    shapes = read_header(checkpoints / f"{kind}.safetensors").shapes
    assert card.parameters == sum(prod(shape) for name, shape in shapes.items() if not name.endswith("logit_scale"))
    own = {"refiner": ["aesthetic"], "sdxl": ["refined"]}.get(kind, [])
    assert [each.name for each in card.accepts.factors] == ["clip_skip", *own, "enlarged", "enlarged_strength"]


@pytest.mark.parametrize("kind", WHAT)
def test_a_file_and_a_folder_of_the_same_weights_make_the_same_picture(kind: str, checkpoints: Path) -> None:
    first = picture(put(checkpoints, kind), steps=2)
    (paths.models_dir() / "tiny.safetensors").unlink()
    other = picture(put(checkpoints, kind, "folder"), steps=2)
    assert first.shape == (64, 64, 3) and first.std() > 4
    assert np.array_equal(first, other)


@pytest.mark.parametrize("sampler", ["ddim", "euler", "dpmpp_2m"])
def test_a_run_that_was_stopped_goes_on_to_the_same_bits(sampler: str, checkpoints: Path) -> None:
    library, request = put(checkpoints), Request(**ASKED, sampler=sampler)
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, Advance)]
    (whole,) = (event.rgba for event in events if isinstance(event, Result))
    (again,) = (e.rgba for e in generate(request, library, resume=steps[1]) if isinstance(e, Result))
    assert len(steps) == 4 and np.array_equal(whole, again)


def test_the_command_line_makes_a_picture_and_lists_the_model(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(checkpoints)
    asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--device", "cpu", "--seed", "3"]
    assert run([*asked, "--size", "72x56", "--factor", "clip_skip=2", "--out", str(tmp_path), "--json"]) == 0
    saved = [event for line in capsys.readouterr().out.splitlines() if (event := json.loads(line))["event"] == "saved"]
    assert len(saved) == 1 and Path(saved[0]["path"]).is_file()
    assert run(["models"]) == 0 and "tiny" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model.diffusion_model.out.2.bias": None}, "its unet lacks 'out.2.bias'"),
        ({"first_stage_model.decoder.norm_out.bias": None}, "its vae lacks 'decoder.norm_out.bias'"),
        ({"model.diffusion_model.out.2.bias": torch.zeros(5)}, "its unet has another shape of 'out.2.bias'"),
        ({"model.diffusion_model.middle_block.9.weight": torch.zeros(3)}, "its unet has 'middle_block.9.weight', not"),
        ({"model.diffusion_model.input_blocks.99999999.0.op.weight": torch.zeros(3)}, "its unet lacks 520 weights"),
        ({"first_stage_model.quant_conv.bias": torch.zeros(8, dtype=torch.int32)}, "damaged"),
    ],
)
def test_a_checkpoint_that_is_not_whole_is_refused_in_a_sentence(changes: Mapping[str, Any], sentence: str) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", words=1, **changes)
    with pytest.raises(ModelError, match=r"tiny.safetensors .*; (copy|choose)") as caught:
        picture(Library())
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"control_model.zero_convs.0.0.weight": torch.zeros(1)}, "'control_model.zero_convs.0.0.weight'"),
        ({"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(64, 8, 3, 3)}, "8 channels"),
        ({"model.diffusion_model.label_emb.0.0.weight": torch.zeros(256, 99)}, "do not go together"),
        ({"model.diffusion_model.out.2.weight": torch.zeros(8, 64, 3, 3)}, "do not go together"),
        ({f"{TEXT}embeddings.position_embedding.weight": torch.zeros(10, 768)}, "do not go together"),
        ({"first_stage_model.decoder.conv_in.weight": torch.zeros(32, 16, 3, 3)}, "do not go together"),
        ({"first_stage_model.decoder.up.3.": None}, "do not go together"),
        ({"edm_mean": torch.zeros(1)}, "of a process that is not known"),
        ({"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(64)}, "damaged"),
        ({"cond_stage_model.transformer.text_model.embeddings.token_embedding.weight": None}, "damaged"),
        ({"cond_stage_model.": None}, "no text encoder"),
    ],
)
def test_what_is_not_known_here_is_not_listed(changes: Mapping[str, Any], sentence: str) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", words=1, **changes)
    library = Library()
    assert "tiny" not in [card.name for card in library.cards()]
    (refused,) = library.refused()
    assert sentence in refused.reason


def test_training_leftovers_do_no_harm(checkpoints: Path) -> None:
    file = tiny_stable.write(
        paths.models_dir() / "tiny.safetensors",
        **{
            "alphas_cumprod": torch.zeros(1000),
            "model_ema.decay": torch.zeros(()),
            "model_ema.outweight": torch.ones(1),
            "cond_stage_model.transformer.text_model.embeddings.position_ids": torch.arange(77)[None],
        },
    )
    left = picture(Library())
    file.unlink()
    assert np.array_equal(left, picture(put(checkpoints)))


def test_a_model_for_inpainting_is_shown_the_mask_and_what_stays(checkpoints: Path) -> None:
    library = put(checkpoints, "inpainting")
    drawing = np.random.default_rng(3).integers(0, 256, (64, 64, 4), np.uint8)
    drawing[..., 3] = 255
    half = np.zeros((64, 64), np.uint8)
    half[:, :32] = 255
    masked = {"image": inputs.keep(drawing), "mask": inputs.keep(half), "strength": 1.0, "guidance_scale": 1.0}
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    assert model.card.summary == "Stable Diffusion 1, for inpainting"
    shown: list[torch.Tensor] = []
    watched = model.networks.unet.register_forward_pre_hook(lambda unet, given: shown.append(given[0]))
    made = picture(library, **masked)
    plain = picture(library, guidance_scale=1.0)
    watched.remove()
    stays = torch.from_numpy(drawing[..., :3]).permute(2, 0, 1)[None] / 127.5 - 1
    stays[..., :32] = 0
    assert torch.equal(shown[0][0, 4], torch.from_numpy(half[::8, ::8] / 255).float())
    for seen, pictures in ((shown[0], stays), (shown[-1], 0 * stays)):
        assert torch.allclose(seen[:, 5:], model.latents(pictures), rtol=0, atol=1e-6), "the middle is 0, not nearly so"
    assert bool((shown[-1][0, 4] == 1).all()) and not np.array_equal(made, plain)
    assert np.array_equal(made[:, 40:], drawing[:, 40:, :3])


def card_of(name: str, told: Mapping[str, str], **changes: Any) -> ModelCard:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", name, words=1, told=told, **changes)
    return Library().card("tiny")


def test_what_is_predicted_is_told_by_the_file_or_by_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    assert card_of("sd2", {"modelspec.prediction_type": "v"}).prediction == "v"
    place = family.BIASES.replace(".11.", ".3.")  # the last of a small one
    monkeypatch.setattr(family, "BIASES", place)
    numbers = torch.randn(64, generator=torch.Generator().manual_seed(1))
    for seen, spread, kind in (("epsilon", 0.05, torch.float16), ("v", 0.2, torch.bfloat16), ("v", 0.2, torch.float32)):
        assert card_of("sd2", {}, **{place: (spread * numbers).to(kind)}).prediction == seen
    marked = card_of("sd1", {}, v_pred=torch.zeros(1), ztsnr=torch.zeros(1))
    assert marked.prediction == "v" and marked.process_numbers["zero_terminal_snr"]


def write_lora(name: str, *, spread: float = 0.4, width: int = 768) -> None:
    """An adapter of a layer of the U-Net and one of the text encoder, as kohya's trainer writes them."""
    numbers = torch.Generator().manual_seed(5)
    layers = {
        "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k": (64, width),
        "lora_te_text_model_encoder_layers_0_mlp_fc1": (3072, 768),
    }
    found = {}
    for layer, (out, wide) in layers.items():
        found[f"{layer}.lora_down.weight"] = spread * torch.randn(4, wide, generator=numbers)
        found[f"{layer}.lora_up.weight"] = spread * torch.randn(out, 4, generator=numbers)
        found[f"{layer}.alpha"] = torch.tensor(4.0)
    place = paths.models_dir() / "loras"
    place.mkdir(parents=True, exist_ok=True)
    save_file(found, place / f"{name}.safetensors")


def test_an_adapter_that_the_prompt_names_is_put_on_and_taken_off_again(checkpoints: Path) -> None:
    library = put(checkpoints)
    write_lora("Ink")
    plain = picture(library)
    drawn = picture(library, prompt="a (red:1.3) house<lora:ink:0.8>")
    assert np.abs(drawn.astype(int) - plain).max() > 8
    assert np.array_equal(drawn, picture(library, prompt="a (red:1.3) house<lora:Ink:0.8>"))
    for prompt in ("a (red:1.3) house", "a (red:1.3) house<lora:Ink:0>"):
        assert np.array_equal(plain, picture(library, prompt=prompt))
    text = picture(library, prompt="a (red:1.3) house<lora:Ink:0.8:0>")
    assert not np.array_equal(text, drawn) and not np.array_equal(text, plain)


@pytest.mark.parametrize(
    ("name", "sentence"), [
        ("Inc", "There is no LoRA called 'Inc' in the models folder; put"), ("tiny", "There is no LoRA called 'tiny'"),
        ("wid", "There is no LoRA called 'wid'; did you mean wide\\?"),
        ("wide", "wide.safetensors is a LoRA for Stable Diffusion 2, and this model is one of Stable Diffusion 1;"),
    ],  # fmt: skip
)
def test_an_adapter_that_is_not_there_or_does_not_fit_is_a_sentence(
    name: str, sentence: str, checkpoints: Path
) -> None:
    library = put(checkpoints)
    write_lora("wide", width=1024)
    with pytest.raises(StudioError, match=sentence):
        picture(library, prompt=f"a house <lora:{name}:1>")


def test_windows_end_at_a_comma_where_one_is_near() -> None:
    words = ["cat"] * 60 + [","] + ["dog"] * 20
    first, second = tokenized([Weighted(" ".join(words), 1.0), Weighted("red", 1.5)])
    assert (len(first), len(second)) == (61, 21) and second[-1][1] == 1.5
    first, second = tokenized([Weighted(" ".join(["cat"] * 40 + [","] + ["dog"] * 40))])
    assert (len(first), len(second)) == (75, 6)
    assert [len(each) for each in tokenized([Weighted("")])] == [0]


def test_weights_leave_the_mean_of_the_text_as_it_is(checkpoints: Path) -> None:
    model: Any = put(checkpoints).load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    texts = list(model.networks.texts.values())

    def told(prompt: str) -> torch.Tensor:
        return encoded(model.kind, texts, stretches(prompt, 1)[0].windows).context

    plain, strong = told("a red house"), told("a (red:1.5) house")
    assert strong.mean() == pytest.approx(float(plain.mean()), rel=1e-4)
    ratio = (strong / plain)[0]
    assert torch.allclose(ratio[2] / ratio[3], torch.tensor(1.5), rtol=1e-4)
    assert told("a BREAK b").shape == (1, 154, 768) and torch.equal(told("(a)"[1:-1]), told("a"))


def test_a_prompt_changes_on_the_way(checkpoints: Path) -> None:
    library = put(checkpoints)
    changing, house, boat = (picture(library, prompt=text) for text in ("[house:boat:2]", "house", "boat"))
    assert not np.array_equal(changing, house) and not np.array_equal(changing, boat)
    assert np.array_equal(house, picture(library, prompt="[house:boat:4]"))
    assert np.array_equal(boat, picture(library, prompt="[house:boat:0]"))


def test_half_the_digits_make_nearly_the_same_picture(checkpoints: Path) -> None:
    library = put(checkpoints)
    whole, half = (picture(library, dtype=dtype).astype(int) for dtype in ("fp32", "bf16"))
    assert 0 < np.abs(whole - half).mean() < 4


def test_long_prompts_are_told_apart_from_short_ones(checkpoints: Path) -> None:
    """One of several windows stands beside a negative one of a single window."""
    library = put(checkpoints)
    long = " ".join(f"house {number}" for number in range(60))
    both, alone = picture(library, prompt=long), picture(library, prompt=long, count=2)
    assert np.array_equal(both, alone) and not np.array_equal(both, picture(library, prompt="house"))


def test_a_picture_is_begun_from(checkpoints: Path) -> None:
    library = put(checkpoints, "refiner")
    drawing = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
    begun = {"image": inputs.keep(drawing), "strength": 0.5}
    made, nicer = picture(library, **begun), picture(library, **begun, factors={"aesthetic": 9.0})
    assert not np.array_equal(made, nicer) and not np.array_equal(made, picture(library))


with np.load(pipelines.FILE) as _stored:
    THEIRS = {name: torch.from_numpy(_stored[name]) for name in _stored.files if name != "about"}
    ABOUT = json.loads(str(_stored["about"]))


@pytest.mark.parametrize("name", pipelines.CASES)
def test_from_a_prompt_to_a_picture_the_numbers_are_those_of_diffusers(name: str) -> None:
    """Their pipelines, written down by tests/parity/by_pipelines.py."""
    case = pipelines.CASES[name]
    assert ABOUT["cases"][name] == asdict(case), "the numbers are those of another case"
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", case.kind, told=case.told)
    prompt, known = pipelines.PROMPT, None
    if case.adapter:
        save_file(pipelines.adapter(case.kind), paths.models_dir() / "it.safetensors")
        prompt += f"<lora:it:{case.adapter}>"
    model: Any = Library().load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    request = Request(
        prompt=prompt, negative_prompt=pipelines.NEGATIVE, steps=pipelines.STEPS, guidance_scale=pipelines.GUIDANCE,
        sampler=case.sampler, spacing=case.spacing, factors={"clip_skip": float(case.clip_skip)}, model="tiny",
    )  # fmt: skip
    if case.kind == "inpainting":
        drawn = np.dstack([pipelines.drawing(), np.full((pipelines.SIDE, pipelines.SIDE), 255, np.uint8)])
        known = Source(drawn, pipelines.mask() / 255).known_to(model, with_rest=True)
    latents = last_latents(model, request, parity.inputs(f"pipeline {case.kind}", 1, 4, 8, 8).float(), known)
    picture = model.pictures(latents)[..., :: pipelines.EVERY, :: pipelines.EVERY]
    for found, wanted in ((latents, THEIRS[f"{name}.latents"]), (picture, THEIRS[f"{name}.picture"])):
        assert (found - wanted).abs().max() < 1e-4 * wanted.abs().max()


def test_layers_of_the_text_encoder_are_left_out(checkpoints: Path) -> None:
    library = put(checkpoints)
    usual, skipping = picture(library, factors={"clip_skip": 1.0}), picture(library, factors={"clip_skip": 2.0})
    assert np.array_equal(usual, picture(library)) and not np.array_equal(usual, skipping)
    with pytest.raises(BadRequest, match="clip_skip must be from 1 to 2"):
        picture(library, factors={"clip_skip": 3.0})


def test_a_run_is_looked_at_stopped_and_branched_from(checkpoints: Path) -> None:
    library, request = put(checkpoints), Request(**ASKED)
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    advances = [event for event in generate(request, library) if isinstance(event, Advance)]
    views = [view for advance in advances for view in Previews(0.0).views(advance)]
    assert {view.predicted.shape for view in views} == {(64, 64, 4)}
    (stopped,) = reached(request, advances[1])
    assert stopped.rgba.shape == (64, 64, 3) and stopped.stopped_at == 2
    x0 = advances[-1].step.denoised
    assert (model.glimpse(x0).int() - model.decode(x0).int()).abs().float().mean() < 3
    branch = replace(request, prompt="a boat", branch=Branch(request, 2))
    (branched,) = (event.rgba for event in generate(branch, library) if isinstance(event, Result))
    (again,) = (e.rgba for e in generate(branch, library, resume=advances[1].step) if isinstance(e, Result))
    assert np.array_equal(branched, again)


def test_the_parts_of_a_folder_may_be_in_several_files_and_its_scheduler_decides() -> None:
    scheduler = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
    tiny_stable.write_folder(paths.models_dir() / "tiny", shards=3, scheduler=scheduler)
    library = Library()
    card = library.card("tiny")
    assert len(card.weights) == 5 and card.prediction == "v" and card.process_numbers["zero_terminal_snr"]
    assert picture(library, steps=2, sampler="ddim", spacing="trailing").std() > 4
    (paths.models_dir() / "tiny" / "scheduler" / "scheduler_config.json").write_text('{"beta_schedule": "other"}')
    library.refresh()
    assert [refused.reason.partition(" is ")[2] for refused in library.refused()] == [
        "of a process that is not known here; choose another model."
    ]


@pytest.mark.parametrize(
    ("file", "told"),
    [("vae/config.json", {"scaling_factor": 10**400}), ("scheduler/scheduler_config.json", {"beta_end": 0.9999999})],
)
def test_a_folder_that_tells_numbers_beyond_bounds_is_refused_alone(file: str, told: Mapping[str, Any]) -> None:
    (tiny_stable.write_folder(paths.models_dir() / "tiny") / file).write_text(json.dumps(told), "utf-8")
    library = Library()
    (refused,) = library.refused()
    assert refused.reason == f"{file} of tiny is damaged; copy or download the model again." and library.cards()


def test_learnt_words_stand_in_prompts_as_their_vectors(checkpoints: Path) -> None:
    library = put(checkpoints)
    plain = picture(library, prompt="a Cheerful house")
    table = tiny_stable.weights("sd1")["cond_stage_model.transformer.text_model.embeddings.token_embedding.weight"]
    for name, word in (("cheerful", "blue"), ("foreign", "red")):
        vectors = table[clip_tokenizer().encode(f"{word} {word}").ids]
        found = {"emb_params": vectors if word == "blue" else torch.ones(1, 1024)}
        save_file(found, paths.models_dir() / f"{name}.safetensors")
    assert np.array_equal(picture(library, prompt="a Cheerful house"), picture(library, prompt="a blue blue house"))
    assert not np.array_equal(plain, picture(library, prompt="a Cheerful house"))
    assert picture(library, prompt="a foreign house").std() > 4, "learnt with another model: read as the word it is"
    first, second = tokenized([Weighted(" ".join(["cat"] * 74) + " Cheerful")], {"cheerful": 2})
    assert (len(first), second) == (74, [(("cheerful", 0), 1.0), (("cheerful", 1), 1.0)])


def test_an_xl_without_a_negative_prompt_is_led_away_from_nothing_at_all(checkpoints: Path) -> None:
    library = put(checkpoints, "sdxl")
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    told: list[tuple[torch.Tensor, ...]] = []
    watched = model.networks.unet.register_forward_pre_hook(lambda unet, given: told.append(given))
    for negative in ("", "blurry"):
        picture(library, steps=1, negative_prompt=negative)
    watched.remove()
    contexts, vectors = ([each[place] for each in told] for place in (2, 3))
    assert [bool(each.any()) for each in contexts] == [True, False, True, True]
    assert [bool(each[:, :1280].any()) for each in vectors] == [True, False, True, True]
    assert all(torch.equal(each[:, 1280:], vectors[0][:, 1280:]) for each in vectors)
