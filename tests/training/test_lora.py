"""LoRA training: steps as PEFT takes them, files that the studio reads, and the same weights after kills."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.torch import load_file
from torch import Tensor

from gdm_studio.cli.main import run as main
from gdm_studio.common import paths
from gdm_studio.common.atomic_files import PART
from gdm_studio.common.errors import BadRequest, ModelError, StorageError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.processes import PROCESSES
from gdm_studio.models.adapters.adapter_file import adapter_deltas, read_adapter
from gdm_studio.models.adapters.layer_names import layer_name_spellings
from gdm_studio.models.families.stable_diffusion import architecture, weight_names
from gdm_studio.models.fingerprint import named_files_stamp, prompt_file_hashes
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.unet import UNet, sinusoidal
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.training import read_prompt
from gdm_studio.training import loop
from gdm_studio.training.captioned_folder import FolderProblems, classes_of, read_folder, save_caption
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.learning_rate_schedule import Schedule
from gdm_studio.training.log import Log
from gdm_studio.training.loop import Learner, Run, train
from gdm_studio.training.lora.base_models import IconsBase, StableDiffusionBase
from gdm_studio.training.lora.encoded_images import EncodedImages
from gdm_studio.training.lora.files import write_lora
from gdm_studio.training.lora.fine_tune_recipe import FineTuneRecipe
from gdm_studio.training.lora.layers import LoraNetwork
from gdm_studio.training.lora.recipe import ENCODED, ENCODING, LoraModel, LoraRecipe
from tests.drills import training_kills
from tests.helpers import tiny_stable
from tests.helpers.tiny_model import NAME, TinyLibrary
from tests.helpers.tiny_stable import flattened
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs, weights

with np.load(FOLDER / "lora_training.npz") as _stored:
    CASES: dict[str, Any] = json.loads(str(_stored["about"]))["cases"]
    NUMBERS = {name: _stored[name] for name in CASES}
with np.load(FOLDER / "networks.npz") as _stored:
    SHAPES: dict[str, Any] = json.loads(str(_stored["about"]))["shapes"]
RANK, ALPHA, RATE, TIMESTEPS = 4, 6.0, 1e-3, (3, 641)


@dataclass(frozen=True, kw_only=True)
class FixedBatch(LoraRecipe):
    """LoRA training on one given batch at a constant rate."""

    given: tuple[Tensor, ...] = field(default=())

    @property
    def schedule(self) -> Schedule:
        return Schedule(8, 0, 0)

    def draw(self, model: LoraModel, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.given


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_gradients_and_a_step_equal_peft(case: str) -> None:
    told = CASES[case]
    shapes = {each: tuple(shape) for each, shape in SHAPES[told["kind"]].items()}
    ours = weight_names.unet_from_diffusers(shapes)
    given = flattened({ours[each]: weight for each, weight in weights(shapes).items()})
    with torch.device("meta"):
        unet = UNet(architecture.unet_config({each: tuple(weight.shape) for each, weight in given.items()}))
    unet.load_state_dict(given, assign=True)
    unet.eval().requires_grad_(False)
    process = PROCESSES["vp"](schedule="scaled_linear", options={"beta_start": 0.00085, "beta_end": 0.012})
    prediction = {"epsilon": "epsilon", "v_prediction": "v"}[told["prediction"]]
    base = stable_base(unet, Diffusion(process, prediction))
    layers = {
        spelling.removeprefix("unet."): layer
        for spelling, layer in layer_name_spellings("unet", modules_of(unet)).items()
    }
    names = [layers[each.removesuffix(".lora_A.weight")] for each in told["factors"] if ".lora_A." in each]
    choice = "all" if case == "sd1" else "attention"
    assert set(names) <= set(base.adaptable(choice)), "the choice leaves out layers"
    lora = LoraNetwork(unet, names, rank=RANK, alpha=ALPHA).double()
    factors = dict(zip(lora.names, lora.layers, strict=True))
    for each in told["factors"]:
        weight = factor_of(factors[layers[each.partition(".lora_")[0]]], each)
        at = f"{case}.{each}"
        shape = tuple(weight.shape)
        weight.data.copy_(next(iter(weights({at: shape}).values())))
    lora.attach(unet)
    context = inputs("context", 2, 7, unet.config.context)
    conditions = [context]
    if unet.config.vector:
        sizes = sinusoidal((100 * inputs("sizes", 2, 6).abs()).flatten(), 8).double()
        conditions.append(torch.cat([inputs("pooled", 2, 16), sizes.reshape(2, -1)], dim=1))
    levels = [process.coordinates(process.ratios[t]) for t in TIMESTEPS]
    alphas, sigmas = (torch.tensor([getattr(at, part) for at in levels]).double() for part in ("alpha", "sigma"))
    batch = (inputs("x", 2, 4, 12, 8), inputs("noise", 2, 4, 12, 8), alphas, sigmas, torch.tensor(TIMESTEPS))
    recipe = FixedBatch(
        images=Path(), samples=8, batch=2, learning_rate=RATE, ema_halflife=0, given=(*batch, *conditions)
    )
    model = LoraModel(base, lora, batch[0], (), np.zeros((2, 1)), np.arange(2), np.arange(0))
    learner = Learner(recipe, model, recipe)
    before = learner.objectives[0].loss(*recipe.given)
    gradients = dict(zip(lora.parameters(), torch.autograd.grad(before, list(lora.parameters())), strict=True))
    loss = float(learner.step(0, 0)["loss"])
    assert loss == pytest.approx(told["loss"], rel=1e-5)
    for each, expected in zip(told["factors"], NUMBERS[case], strict=True):
        weight = factor_of(factors[layers[each.partition(".lora_")[0]]], each)
        found = [*projected(each, gradients[weight]), *projected(each, weight.detach())]
        for value, norm, place in zip(found, np.repeat(expected[::2], 2), range(4), strict=True):
            # Adam divides a gradient by its size, so that the smallest gradients pass the rounding of the sinusoids of
            # the image sizes on, which depends on the processor. Projections sum up the signs too.
            assert abs(value - expected[place]) < 1e-5 * max(norm, 1e-3) * (30 if place % 2 else 1), (each, place)


def test_classes_come_from_folders_or_shared_captions(tmp_path: Path) -> None:
    for name in ("cats/a.png", "cats/b.png", "red disc-1.png", "red disc-2.png", "owl.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    images = read_folder(tmp_path, read_prompt, nested=True)
    named = dict(zip((each.path.name for each in images), classes_of(tmp_path, images), strict=True))
    assert named == {"a.png": "cats", "b.png": "cats", "owl.png": "", "red disc-1.png": "red disc"} | {
        "red disc-2.png": "red disc"
    }
    same = images[-2:]
    assert classes_of(tmp_path, same) == ["", ""], "one caption of all images is no class"


def test_captions_come_from_text_metadata_or_names(tmp_path: Path) -> None:
    for name in ("red_fox-03.png", "b.png", "c.png", "d.jpg", "hot air balloon@3x.png", "cactus_2@1.5x.png"):
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    (tmp_path / "b.txt").write_text(" a blue\n disc ")
    about = PngInfo()
    about.add_text("parameters", "an owl, flat\nNegative prompt: dark\nSteps: 20")
    Image.new("RGB", (8, 8)).save(tmp_path / "c.png", pnginfo=about)
    (tmp_path / "broken.png").write_bytes(b"no image")
    (tmp_path / "notes.md").write_text("nothing")
    found = {each.path.name: (each.caption, each.source) for each in read_folder(tmp_path, read_prompt)}
    assert found == {
        "b.png": ("a blue disc", "text"),
        "cactus_2@1.5x.png": ("cactus", "name"),
        "hot air balloon@3x.png": ("hot air balloon", "name"),
        "c.png": ("an owl, flat", "metadata"),
        "d.jpg": ("d", "name"),
        "red_fox-03.png": ("red fox", "name"),
    }
    problems = FolderProblems()
    for text in (" " * 19_999 + "fox", "blue " * 10_000):
        (tmp_path / "b.txt").write_text(text)
        images = read_folder(tmp_path, read_prompt, problems=problems)
    assert images[0].caption == ("blue " * 400).strip() + " ", "a long caption is cut"
    assert [path.name for path in problems.cut] == ["b.txt"] * 2
    unreadable, cut = problems.sentences()
    assert "left out: 2; the first is broken.png." in unreadable and "2000 characters: 2; the first is b.txt." in cut
    save_caption(tmp_path / "d.jpg", "a  dog\n")
    assert "a dog" in [each.caption for each in read_folder(tmp_path, read_prompt)]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadRequest, match="contains no images"):
        _ = LoraRecipe(images=tmp_path / "empty").pictures


def test_captions_are_read_from_the_files_of_other_trainers(tmp_path: Path) -> None:
    texts = {
        "a.caption": b"of kohya's scripts", "b.png.txt": b"of gallery-dl", "c.v2.caption": b"a name with a dot",
        "d.TXT": b"of Windows", "e.txt": b"\xef\xbb\xbfwith a mark", "f.txt": "größer".encode("utf-16"),
        "g.txt": "猫".encode(), "g.caption": b"the second choice",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text)
    for name in ("a", "b", "c.v2", "d", "e", "f", "g"):
        Image.new("RGB", (8, 8)).save(tmp_path / f"{name}.png")
    found = [(each.caption, each.source) for each in read_folder(tmp_path, read_prompt)]
    expected = ["of kohya's scripts", "of gallery-dl", "a name with a dot", "of Windows", "with a mark", "größer", "猫"]
    assert found == [(caption, "text") for caption in expected]
    save_caption(tmp_path / "a.png", "edited here")
    assert read_folder(tmp_path, read_prompt)[0].caption == "edited here"
    (tmp_path / "g.txt").write_bytes("猫".encode() * 7_000)
    problems = FolderProblems()
    assert read_folder(tmp_path, read_prompt, problems=problems)[-1].caption == "猫" * 2_000 and problems.cut
    (tmp_path / "g.txt").write_bytes("größer".encode("latin-1"))
    with pytest.raises(StorageError, match="is not text in UTF-8; save it again as UTF-8"):
        read_folder(tmp_path, read_prompt)


def test_a_folder_with_images_only_in_subfolders_is_named(tmp_path: Path) -> None:
    (tmp_path / "10_cat").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "10_cat" / "a.png")
    with pytest.raises(BadRequest, match="are in subfolders; choose one of these, such as 10_cat"):
        _ = LoraRecipe(images=tmp_path).pictures


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    """Return a folder with four images and captions."""
    folder = tmp_path / "drawings"
    folder.mkdir()
    for place, (name, colour) in enumerate(
        {"red disc": "red", "blue fox": "blue", "owl": "grey", "fox": "tan"}.items()
    ):
        image = Image.new("RGBA", (80, 64), (255, 255, 255, 0))
        image.paste(colour, (8 * place, 8, 8 * place + 40, 56))
        image.save(folder / f"{name}.png")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["kohya", "peft"])
def test_a_lora_of_icons_draws_as_it_did_in_training(drawings: Path, tmp_path: Path, layout: str) -> None:
    library = TinyLibrary()
    recipe = LoraRecipe(
        images=drawings, base=NAME, title="flat", samples=16, batch=4, warmup=0, learning_rate=0.05, ema_halflife=0,
        layout=layout, prompts="a red disc", rank=2,
    )  # fmt: skip
    list(train(recipe, tmp_path / "run"))
    (tmp_path / "run" / recipe.product).rename(paths.models_dir() / recipe.product)
    library.refresh()
    sheet = np.asarray(Image.open(tmp_path / "run" / "sheets" / "00000016.png"))
    plain, changed, half = (drawn(library, f"a red disc{tag}") for tag in ("", " <lora:flat:1>", "<lora:flat:0.5>"))
    assert np.array_equal(drawn(library, "a red disc"), plain), "the model itself has changed"
    assert np.abs(changed - plain).mean() > 2 and np.abs(half - plain).mean() > 0.5
    assert np.abs(half - changed).mean() > 0.5
    # Other computers, and later reproductions, need the same file.
    named = Request(model=NAME, prompt="a red disc <lora:flat:1>")
    for facts_of in (prompt_file_hashes, named_files_stamp):
        assert len(facts_of(library.card(NAME), named)) == 1 and not facts_of(library.card(NAME), Request(model=NAME))
    (used,) = (line.last_used for line in Library().model_table() if line.name == "flat")
    assert used > 0, "the list of models shows when it was last used"
    image = Image.fromarray(changed.astype(np.uint8)).resize((192, 192), Image.Resampling.LANCZOS)
    on_white = Image.new("RGB", image.size, "white")
    on_white.paste(image, (0, 0), image)
    assert np.abs(np.asarray(on_white).astype(int) - sheet).mean() < 1, "the sheet shows something else"


@pytest.mark.slow
def test_an_image_that_is_deleted_during_the_preparation_is_left_out(drawings: Path, tmp_path: Path) -> None:
    TinyLibrary()
    # Several threads could read the image before it is deleted.
    recipe = LoraRecipe(images=drawings, base=NAME, samples=8, batch=4, title="flat", threads=1)
    lines: list[str] = []
    for progress in train(recipe, tmp_path / "run", on_log=lines.append):
        if progress.phase == ENCODING:
            (drawings / "owl.png").unlink(missing_ok=True)
    assert (tmp_path / "run" / recipe.product).is_file()
    assert any("left out: 1; the first is owl.png" in line for line in lines)

    none = replace(recipe, title="none")
    assert none.pictures
    for path in drawings.glob("*.png"):
        path.unlink()
    with pytest.raises(BadRequest, match="contains no images"):
        list(train(none, tmp_path / "none"))


def test_a_tag_of_no_lora_is_words_and_a_lora_of_another_model_is_refused(tmp_path: Path) -> None:
    library = TinyLibrary()
    assert not np.array_equal(drawn(library, "a <lora:owl:1>"), drawn(library, "a"))
    unet = UNet(tiny_stable.SMALL)
    lora = LoraNetwork(unet, ["input_blocks.1.1.proj_in"], rank=1, alpha=1.0)
    write_lora(paths.models_dir(), "other", lora, unet, base="Stable Diffusion 1", model="x", layout="kohya")
    with pytest.raises(ModelError, match="other"):
        drawn(library, "a fox <lora:other:1>")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "layout"), [("sd1", "kohya"), ("sd1", "peft"), ("sdxl", "kohya")])
def test_a_lora_of_stable_diffusion_is_read_again(drawings: Path, tmp_path: Path, kind: str, layout: str) -> None:
    file = tiny_stable.write(paths.models_dir() / f"{kind}.safetensors", kind)
    recipe = LoraRecipe(
        images=drawings, base=str(file), samples=4, batch=2, size=64, sheet_minutes=0, ema_halflife=0, layout=layout,
        layers="all", learning_rate=0.01, warmup=0,
    )  # fmt: skip
    losses = [step.loss for step in train(recipe, tmp_path / "run") if step.losses]
    assert len(losses) == 2 and np.isfinite(losses).all()
    product = tmp_path / "run" / recipe.product
    product = product / "adapter_model.safetensors" if layout == "peft" else product
    model = Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32)
    unet = model.networks.unet  # type: ignore[attr-defined]
    found = adapter_deltas(read_adapter(product), {"unet": unet}, model.card.base)
    assert found.report == "" and found.adapter.base == model.card.base
    state = load_checkpoint(tmp_path / "run" / "checkpoint.pt")
    assert state is not None
    factors = list(state["modules"]["lora"].values())
    pairs = zip(factors[::2], factors[1::2], state["layers"], strict=True)
    for down, up, layer in pairs:
        matrix = found.deltas["unet"][f"{layer}.weight"].matrix(torch.zeros(0))
        assert torch.allclose(matrix, up.flatten(1) @ down.flatten(1), atol=1e-6)
    projections = [t for name, t in load_file(product).items() if "proj_in" in name and "alpha" not in name]
    assert {each.ndim for each in projections} == ({4} if kind == "sd1" else {2})


@pytest.mark.slow
def test_training_in_parts_ends_with_the_same_weights(drawings: Path, tmp_path: Path) -> None:
    TinyLibrary()
    recipe = LoraRecipe(images=drawings, base=NAME, samples=24, batch=4, sheet_minutes=0, rank=2)
    list(train(recipe, tmp_path / "whole"))
    for _ in range(3):
        with closing(train(recipe, tmp_path / "parts")) as steps:
            next(steps)
            next(steps)
    list(train(recipe, tmp_path / "parts"))
    assert training_kills.is_equal(tmp_path / "whole" / recipe.product, tmp_path / "parts" / recipe.product)


@pytest.mark.slow
def test_a_resumed_lora_says_that_its_pictures_have_changed(drawings: Path, tmp_path: Path) -> None:
    TinyLibrary()
    recipe = LoraRecipe(images=drawings, base=NAME, samples=24, batch=4, sheet_minutes=0, rank=2)

    def notes() -> list[str]:
        lines: list[str] = []
        with closing(train(replace(recipe), tmp_path / "run", on_log=lines.append)) as steps:
            next(step for step in steps if step.losses)
        return [note for line in lines if (note := json.loads(line).get("note"))]

    assert notes() == [] and notes() == []
    first, second, *_ = sorted(drawings.glob("*.png"))
    shutil.copy(first, drawings / "a new disc.png")
    second.with_suffix(".txt").write_text("another caption")
    said = "Pictures added, removed or changed since the last checkpoint: 2. Training goes on with them."
    assert notes() == [said] and notes() == []
    (drawings / "a new disc.png").unlink()
    Image.new("RGB", (64, 64), "green").save(first)
    assert notes() == [said]


@pytest.mark.slow
def test_kills_lose_no_weights(drawings: Path, tmp_path: Path) -> None:
    """Kill the command again and again after its checkpoints, and compare the result with an uninterrupted run."""
    TinyLibrary()
    for name, kills in (("whole", 0), ("killed", 3)):
        assert bool(training_kills.train(drawings, tmp_path / name, kills=kills, steps=40)) == bool(kills)
    assert training_kills.is_equal(*(tmp_path / name / "my-lora.safetensors" for name in ("whole", "killed")))


def test_the_command_checks_its_options(drawings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TinyLibrary()
    command = ["train", "lora", "--images", str(drawings), "--out", str(tmp_path / "out"), "--base", NAME]
    assert main([*command, "--title", "../x"]) == 2
    assert "cannot be called" in capsys.readouterr().err
    assert main([*command, "--size", "100"]) == 2
    assert "does not draw images of 100 pixels" in capsys.readouterr().err
    assert main([*command, "--samples", "8", "--batch", "4", "--sheet-minutes", "0", "--rank", "1"]) == 0
    assert (tmp_path / "out" / "my-lora.safetensors").is_file()


def drawn(library: Library, prompt: str) -> np.ndarray:
    request = Request(model=NAME, prompt=prompt, seed=0, steps=4, guidance_scale=2.0, device="cpu", dtype="fp32")
    return next(each.rgba for each in generate(request, library) if isinstance(each, Result)).astype(int)


def stable_base(unet: UNet, diffusion: Diffusion) -> StableDiffusionBase:
    """Return a base of a U-Net alone, in double precision."""
    accepts = SimpleNamespace(sees_rest=False)
    model = SimpleNamespace(
        card=SimpleNamespace(name="unet", accepts=accepts), kind=SimpleNamespace(scored=False),
        networks=SimpleNamespace(unet=unet), diffusion=diffusion, device=torch.device("cpu"), dtype=torch.float64,
    )  # fmt: skip
    return StableDiffusionBase(model)  # type: ignore[arg-type]


def modules_of(unet: UNet) -> list[str]:
    return [name for name, module in unet.named_modules() if isinstance(module, torch.nn.Linear | torch.nn.Conv2d)]


def factor_of(layer: Any, name: str) -> Tensor:
    weight: Tensor = (layer.down if ".lora_A." in name else layer.up).weight
    return weight


def projected(name: str, values: Tensor) -> tuple[float, float]:
    """Return the norm of a tensor and its projection, as `tests.parity.by_lora` records them."""
    flat = values.double().flatten()
    return float(flat.norm()), float(flat @ inputs(f"projection {name}", len(flat)))


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    """Return a folder with ten images, one of which is held out."""
    folder = tmp_path / "discs"
    folder.mkdir()
    for place in range(10):
        Image.new("RGB", (64, 64), (20 * place, 90, 200 - 20 * place)).save(folder / f"disc {place}.png")
    return folder


def test_the_preparation_reports_each_image_and_can_be_stopped(discs: Path, tmp_path: Path) -> None:
    TinyLibrary()
    recipe = LoraRecipe(images=discs, base=NAME, samples=8, batch=8, warmup=0, sheet_minutes=0)
    steps = list(train(recipe, tmp_path / "run"))
    assert [(each.seen, each.samples) for each in steps if each.phase == ENCODING] == [(n, 10) for n in range(1, 11)]
    assert [each.seen for each in steps if each.phase == recipe.name] == [8]
    stopped = list(train(recipe, tmp_path / "stopped", should_stop=lambda: True))
    assert [each.seen for each in stopped] == [1] and not (tmp_path / "stopped" / "checkpoint.pt").exists()


class Signalling(io.StringIO):
    """Standard output that sends a signal to this process at the first line with a text."""

    def __init__(self, text: str, number: int) -> None:
        super().__init__()
        self._text = text
        self._number = number

    def write(self, text: str) -> int:
        if self._text in text and self._text not in self.getvalue():
            os.kill(os.getpid(), self._number)
        return super().write(text)


@pytest.mark.skipif(sys.platform == "win32", reason="no signal to a running process there")
@pytest.mark.parametrize(
    ("line", "number", "samples", "sentence"),
    [
        ('"encoding"', signal.SIGINT, 64, "stopped before the first sample; the same command resumes"),
        ('"recipe"', signal.SIGTERM, 64, "stopped before the first sample; the same command resumes"),
        ('"phase": "lora"', signal.SIGINT, 64, "stopped after 8 of 64 samples (lora); the same command resumes"),
        ('"phase": "lora"', signal.SIGINT, 8, ""),
    ],
)
def test_a_stopped_command_names_no_file_that_is_not_trained(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    line: str, number: int, samples: int, sentence: str,
) -> None:  # fmt: skip
    """A finished training is not reported as stopped. What was prepared is prepared only once."""
    TinyLibrary()
    out = tmp_path / "run"
    command = ["train", "lora", "--images", str(discs), "--out", str(out), "--base", NAME, "--samples", str(samples)]
    command += ["--batch", "8", "--rank", "1"]
    terminal = Signalling(line, number)
    monkeypatch.setattr(Log, "follow", lambda log, progress: log.write(phase=progress.phase, seen=progress.seen))
    # Without the command's own handler, the test fails instead of ending all tests.
    before = signal.signal(number, lambda *_: pytest.fail("the signal was not handled"))
    try:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            assert main(command) == (128 + number if sentence else 0)
    finally:
        signal.signal(number, before)
    printed, has_begun = terminal.getvalue().splitlines(), "lora" in line
    assert (printed[-1] == str(out / "my-lora.safetensors")) == has_begun
    assert (out / "checkpoint.pt").exists() == has_begun
    assert capsys.readouterr().err.splitlines() == ([f"gdm-studio: {sentence}"] if sentence else [])
    encoded = sum('"encoding"' in each for each in printed)
    assert encoded == (1 if line == '"encoding"' else 10)
    assert len(list(out.glob(f"{ENCODED}/*"))) == (0 if has_begun else encoded), "they are not encoded again"


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_each_image_is_learned_with_a_caption_of_its_own_or_for_a_share_without(discs: Path, share: float) -> None:
    """Ten images of two captions each, of which three images are held out. The last caption is the empty one."""

    def level_tensors(*levels: Tensor) -> tuple[Tensor, ...]:
        return levels

    def draw_levels(rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        return torch.full((count,), 0.6), torch.full((count,), 0.8)

    base: Any = SimpleNamespace(draw_levels=draw_levels, level_tensors=level_tensors)
    latents, captions, empty = torch.arange(10.0).reshape(10, 1, 1, 1), np.arange(20).reshape(10, 2), 20
    learned, held_out = np.array([0, 2, 3, 4, 6, 7, 9]), np.array([1, 5, 8])
    conditions = torch.arange(21), 100 + torch.arange(21)
    model = LoraModel(base, None, latents, conditions, captions, learned, held_out)
    recipe = LoraRecipe(images=discs, base=NAME, batch=4000, drop_text=share)
    x0, noise, alphas, sigmas, rows, others = recipe.draw(model, np.random.default_rng(0), 0)
    image = x0.flatten().long()
    counts = np.bincount(image, minlength=10) / 4000
    assert set(image.tolist()) == set(learned), "held-out images are not trained on"
    assert counts[learned] == pytest.approx(np.full(7, 1 / 7), abs=0.03)
    is_empty = rows == empty
    assert torch.equal(others, rows + 100) and torch.equal(rows[~is_empty] // 2, image[~is_empty])
    # Five standard deviations of a binomial share.
    assert abs(is_empty.double().mean().item() - share) <= 5 * (share * (1 - share) / 4000) ** 0.5
    assert len(set(rows.tolist()) - {empty}) == (0 if share == 1 else 14), "both captions of an image are used"
    assert (alphas == 0.6).all() and (sigmas == 0.8).all()
    assert noise.shape == x0.shape and noise.std().item() == pytest.approx(1, abs=0.05)
    assert abs(float((noise.flatten() * image).mean() / 5)) < 0.1


@pytest.mark.parametrize("threads", [1, 3])
def test_latents_and_conditions_belong_to_their_image_without_those_that_are_gone(
    discs: Path, tmp_path: Path, threads: int
) -> None:
    """Each image has three alternative encodings of its own caption. The last row is the empty prompt."""

    def encode_image(image: Image.Image, size: int) -> Tensor:
        return torch.full((1, 4, 2, 2), float(np.asarray(image)[0, 0, 0]))

    def encode_caption(caption: str, latents: Tensor, size: int, rng: np.random.Generator) -> list[tuple[Tensor, ...]]:
        assert latents.shape == (4, 2, 2) and latents.min() == 20 * int(caption.split()[1])
        return [(latents[None, 0, 0] + choice, torch.tensor([caption.count("disc")])) for choice in range(3)]

    card: Any = SimpleNamespace(name="none", weights=(), weights_beside=dict)
    base: Any = SimpleNamespace(
        card=card, encodes_in_threads=True, encode_image=encode_image, encode_caption=encode_caption,
        encode_empty_prompt=lambda size: (torch.full((1, 2), -1.0), torch.tensor([0])),
    )  # fmt: skip
    problems = FolderProblems()
    for place in range(10):
        save_caption(discs / f"disc {place}.png", f"disc {place}")
    pictures = read_folder(discs, read_prompt)
    (discs / "disc 3.png").unlink()
    for folder in ("new", "new", "other"):
        encoded = EncodedImages(base, pictures, 64, seed=1, threads=threads, problems=problems)
        assert list(encoded.encode(tmp_path / folder)) == list(range(1, 11))
        left = [place for place in range(10) if place != 3]
        assert [each.path.name for each in encoded.pictures] == [f"disc {place}.png" for place in left]
        assert encoded.latents[:, 0, 0, 0].tolist() == [20 * place for place in left]
        context, pooled = encoded.conditions()
        assert encoded.rows.shape == (9, 3) and len(context) == len(pooled) == 28
        assert (context[-1] == -1).all() and pooled.tolist() == [1] * 27 + [0]
        for place, rows in zip(left, encoded.rows, strict=True):
            assert context[rows, 0].tolist() == [20 * place + choice for choice in range(3)]
    assert [each.name for each in problems.unreadable] == ["disc 3.png"] * 3


def test_a_paused_preparation_does_not_encode_again(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TinyLibrary()
    encoded = []
    encode_image = IconsBase.encode_image

    def counted(base: IconsBase, image: Image.Image, size: int) -> Tensor:
        encoded.append(image)
        return encode_image(base, image, size)

    monkeypatch.setattr(IconsBase, "encode_image", counted)
    out = tmp_path / "run"
    recipe = LoraRecipe(images=discs, base=NAME, samples=8, batch=8, warmup=0, sheet_minutes=0)
    preparation = recipe.prepare(out)
    for _ in range(4):
        next(preparation)
    preparation.close()  # type: ignore[attr-defined]
    assert len(encoded) == 4
    (discs / "disc 2.txt").write_text("a blue disc")
    model = replace(recipe).model(out)
    assert len(encoded) == 11, "a caption has changed"
    fresh = replace(recipe).model(tmp_path / "fresh")
    assert torch.equal(model.latents, fresh.latents)
    assert all(torch.equal(*pair) for pair in zip(model.conditions, fresh.conditions, strict=True))
    # The folder of the run also has the encoding of the earlier caption.
    names = sorted(file.name for file in (tmp_path / "fresh" / ENCODED).iterdir())
    files = [out / ENCODED / name for name in names]
    assert all(file.exists() for file in files)
    content = files[0].read_bytes()
    # The file of another image, one that was cut, one with a wrong bit, and a file of torch.
    files[1].write_bytes(content)
    files[2].write_bytes(files[2].read_bytes()[:-100])
    files[3].write_bytes(content[:-200] + bytes([content[-200] ^ 1]) + content[-199:])
    torch.save((torch.zeros(1), []), files[4])
    again = replace(recipe).model(out)
    assert len(encoded) == 25, "four files were damaged"
    assert torch.equal(again.latents, fresh.latents)


@pytest.mark.parametrize("title", ["encoded", "encodings"])
def test_the_encodings_are_deleted_before_the_first_checkpoint(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str
) -> None:
    TinyLibrary()
    out = tmp_path / "run"
    (out / title).mkdir(parents=True)
    (out / title / "mine.txt").write_text("mine")
    (out / ENCODED).mkdir()
    (out / ENCODED / f".0123{PART}").write_bytes(b"of a killed process")
    left = []

    def noted(path: Path, state: dict[str, Any]) -> None:
        left.append((out / ENCODED).exists())
        save_checkpoint(path, state)

    monkeypatch.setattr(loop, "save_checkpoint", noted)
    recipe = FineTuneRecipe(images=discs, base=NAME, title=title, samples=8, batch=8, warmup=0, sheet_minutes=0)
    steps = train(recipe, out)
    for _ in range(10):
        next(steps)
    assert len([*(out / ENCODED).iterdir()]) == 11, "a preparation that is paused here goes on"
    list(steps)
    assert left and not any(left)
    assert (out / title / "mine.txt").is_file() and (out / recipe.product / f"{title}.safetensors").is_file()


def test_other_files_among_the_encodings_are_kept(discs: Path, tmp_path: Path) -> None:
    TinyLibrary()
    recipe = LoraRecipe(images=discs, base=NAME, samples=8, batch=8, warmup=0, sheet_minutes=0)
    (tmp_path / ENCODED).mkdir()
    (tmp_path / ENCODED / "notes.txt").write_text("mine")
    list(train(recipe, tmp_path))
    assert [each.name for each in (tmp_path / ENCODED).iterdir()] == ["notes.txt"]


def test_an_encoding_is_stored_without_the_tensor_of_which_it_is_a_part(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TinyLibrary()
    encode_caption = IconsBase.encode_caption

    def views(base: IconsBase, *arguments: Any) -> list[tuple[Tensor, ...]]:
        found = encode_caption(base, *arguments)
        # 1000 rows, of which one is used.
        return [tuple(part.expand(1000, *part.shape[1:]).contiguous()[:1] for part in parts) for parts in found]

    recipe = LoraRecipe(images=discs, base=NAME, samples=8, batch=8, warmup=0, sheet_minutes=0)
    recipe.model(tmp_path / "parts")
    monkeypatch.setattr(IconsBase, "encode_caption", views)
    replace(recipe).model(tmp_path / "views")
    sizes = [
        sorted(each.stat().st_size for each in (tmp_path / name / ENCODED).iterdir()) for name in ("parts", "views")
    ]
    assert sizes[0] == sizes[1]


def test_images_are_encoded_alike_by_one_thread_and_by_three(discs: Path, tmp_path: Path) -> None:
    TinyLibrary()
    one, three = (
        LoraRecipe(images=discs, base=NAME, sheet_minutes=0, threads=threads).model(tmp_path / str(threads))
        for threads in (1, 3)
    )
    assert one.latents.shape[0] == len(one.drafts) == 10 and np.array_equal(one.drafts, three.drafts)
    assert torch.equal(one.latents, three.latents)
    assert all(torch.equal(*pair) for pair in zip(one.conditions, three.conditions, strict=True))


@pytest.mark.slow
def test_a_lora_that_improves_a_bad_base_is_not_called_broken(discs: Path, tmp_path: Path) -> None:
    TinyLibrary()
    recipe = LoraRecipe(
        images=discs, base=NAME, title="flat", samples=160, batch=8, warmup=0, learning_rate=0.02, ema_halflife=0,
        layers="all", prompts="a disc",
    )  # fmt: skip
    list(train(recipe, tmp_path / "run"))
    found = json.loads((tmp_path / "run" / "diagnosis.json").read_text())
    assert found["kind"] != "rate"


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "factor"), [(LoraRecipe, 300), (FineTuneRecipe, 50)])
def test_the_first_steps_of_a_bad_base_are_no_defect(
    kind: type[LoraRecipe], factor: float, discs: Path, tmp_path: Path
) -> None:
    """The error is high until the LoRA has had time to learn. It must not be much higher than at the start."""
    TinyLibrary()
    recipe = kind(images=discs, base=NAME, batch=2, warmup=0, ema_halflife=0)
    run = Run(recipe, tmp_path / "run", None)
    for _ in range(3):
        run.take_step()
    report = run.model.report
    assert report is not None

    def found(seen: int) -> str:
        diagnosis = report.diagnosis(seen)
        assert diagnosis is not None
        return diagnosis.kind

    assert found(run.seen) == "learning" and found(10_000) == "rate"
    for weight in run.model.lora.parameters():
        weight.data.mul_(factor)
    assert found(run.seen) == "rate"
