"""The three stages of training, from pictures to a model that the library loads, at the smallest size."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from gdm_studio.cli.main import run
from gdm_studio.common.errors import BadRequest, ModelError, StorageError
from gdm_studio.maths.processes import edm
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.families.icons.family import ICONS, PARTS, PRIOR_PART, config_of, part_file
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.files.checkpoints import read_entry, read_header
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.vocabulary import Reading
from gdm_studio.models.weight_storage.int8_channels import SCALE
from gdm_studio.networks.icons.special_tokens import ANY_STYLE
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training import sample_sheet
from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.icons import autoencoder_training, denoiser_recipe, distillation_recipe, pipeline
from gdm_studio.training.icons.autoencoder_recipe import VaeRecipe
from gdm_studio.training.icons.denoiser_recipe import IconsRecipe
from gdm_studio.training.icons.distillation_recipe import FastRecipe
from gdm_studio.training.icons.export import export
from gdm_studio.training.icons.run_from_export import unpack
from gdm_studio.training.loop import train
from gdm_studio.training.options import options_of
from gdm_studio.training.table_builders.lexicon import LEXICON
from tests.training.curves import trained
from tests.training.data.made_up import drawings, write_archives
from tests.training.made_up_pictures import write_pictures, write_words

NOWHERE = Path("nowhere")
RECIPE = IconsRecipe(
    data=NOWHERE, vae=NOWHERE, words=NOWHERE, subset="all", samples=12, batch=4, warmup=4, cooldown=4, sheet_minutes=0,
    threads=1, channels=(32, 64), sketch=16, sketch_samples=256,
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder with images, words and a briefly trained autoencoder."""
    folder = tmp_path_factory.mktemp("made")
    write_pictures(folder / "pictures")
    write_words(folder / "words")
    recipe = VaeRecipe(
        data=folder / "pictures", samples=96, batch=8, crop=32, cooldown=48, warmup=16, threads=1
    )  # fmt: skip
    trained(recipe, folder / "vae")
    return folder


def _of(made: Path, recipe: IconsRecipe) -> IconsRecipe:
    """Return the recipe with the files of the fixture."""
    return replace(recipe, data=made / "pictures", vae=made / "vae" / "vae.safetensors", words=made / "words")


def _train(made: Path, out: Path, recipe: IconsRecipe) -> None:
    trained(_of(made, recipe), out)


@pytest.fixture(scope="module")
def taught(made: Path) -> Path:
    """Return the folder of a briefly trained denoiser, which tests must not change."""
    _train(made, made / "run", RECIPE)
    return made / "run"


@pytest.mark.slow
def test_the_autoencoder_reconstructs_what_it_saw(made: Path) -> None:
    vae = autoencoder_training.load(made / "vae" / "vae.safetensors")
    measured = autoencoder_training.measure_quality(vae, open_pictures(made / "pictures"), np.arange(18))
    assert measured["psnr_rgb"] > 20
    assert measured["psnr_alpha"] > 15
    assert autoencoder_training.measure_quality(vae, open_pictures(made / "pictures"), np.arange(0)) == {}


def test_latents_are_those_of_the_pictures_and_of_unit_variance(made: Path) -> None:
    latents = np.load(made / "vae" / "latents.npy").astype(np.float32)
    assert latents.shape == (18, 16, 16, 16)
    assert latents.std() == pytest.approx(1, abs=0.02)
    vae = autoencoder_training.load(made / "vae" / "vae.safetensors")
    pictures = open_pictures(made / "pictures")
    with torch.no_grad():
        again = vae.encode(autoencoder_training.to_tensor(pictures.rgba([4])))
    np.testing.assert_allclose(again[0].numpy(), latents[4], atol=0.1)


def test_split_holds_out_whole_concepts(made: Path) -> None:
    pictures = open_pictures(made / "pictures")
    training, held_out = autoencoder_training.split(pictures, 0.3)
    concepts = [{pictures.rows[index]["concept"] for index in part} for part in (training, held_out)]
    assert sorted([*training, *held_out]) == list(range(18))
    assert concepts[0] and concepts[1] and not concepts[0] & concepts[1]


@pytest.mark.slow
def test_the_export_is_a_model_that_the_library_loads(made: Path, taught: Path, tmp_path: Path) -> None:
    vae = made / "vae" / "vae.safetensors"
    path = export(made / "pictures", vae, made / "words", taught, to=tmp_path / "icons")
    entry = read_entry(path)
    assert ICONS.matches(entry)
    card = ICONS.card(entry)
    assert [style.id for style in card.styles] == ["flat", "soft"]
    assert sum(source.count for source in card.sources) == 18
    shapes = {name: shape for part in (*PARTS, PRIOR_PART)
              for name, shape in read_header(part_file(path, part)).shapes.items()}  # fmt: skip
    beside = {name for name in shapes if name.endswith(SCALE) and name.removesuffix(SCALE) in shapes}
    assert card.parameters == sum(int(np.prod(shapes[name])) for name in shapes.keys() - beside)
    model = ICONS.load(card, torch.device("cpu"), torch.float32, Store())
    told = model.conditioning([Conditioning("a red disc", "flat"), Conditioning("", "")])
    x = torch.randn(2, *card.latent)
    x0 = model.denoised(x, model.diffusion.process.path("karras", 4)[2], told)
    assert x0.shape == x.shape
    assert model.decode(x0).shape == model.preview(x0).shape == (2, 128, 128, 4)


def test_training_and_shipped_model_denoise_alike(made: Path, taught: Path, tmp_path: Path) -> None:
    from gdm_studio.training.icons.denoiser_recipe import load_averaged

    vae = made / "vae" / "vae.safetensors"
    path = export(made / "pictures", vae, made / "words", taught, to=tmp_path / "icons")
    shipped = Library().load(str(path), device=torch.device("cpu"), dtype=torch.float32)
    trained, seen = load_averaged(taught, made / "words")
    assert seen == 12
    x, at = torch.randn(1, 16, 16, 16), shipped.diffusion.process.path("karras", 4)[2]
    ids = torch.tensor([trained.tokenizer.encode("blue ring", "soft")])
    with torch.no_grad():
        expected = trained.denoised(x, at, ids)
    result = shipped.denoised(x, at, shipped.conditioning([Conditioning("blue ring", "soft")]))
    torch.testing.assert_close(result, expected, atol=0.02, rtol=0.02)


@pytest.mark.slow
def test_a_new_run_begins_from_another_that_knew_fewer_styles(made: Path, tmp_path: Path) -> None:
    _train(made, tmp_path / "first", RECIPE)
    before, seen_before = denoiser_recipe.load_averaged(tmp_path / "first", made / "words")
    state = load_checkpoint(tmp_path / "first" / "checkpoint.pt")
    assert state is not None
    torch.save(state | {"styles": ["soft"]}, tmp_path / "first" / "checkpoint.pt")
    still = replace(RECIPE, samples=4, warmup=10**9, sketch_samples=0)
    _train(made, tmp_path / "second", replace(still, init=tmp_path / "first"))
    after, seen = denoiser_recipe.load_averaged(tmp_path / "second", made / "words")
    assert seen == seen_before + 4 and list(after.tokenizer.styles) == ["flat", "soft"]
    for one, other in zip(before.unet.parameters(), after.unet.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
    special = [model.text.special.weight for model in (before, after)]
    torch.testing.assert_close(special[1][3], special[0][2])  # "soft" was the first style, and is the second
    torch.testing.assert_close(special[1][2], special[0][1])  # "flat" was not known: any style


@pytest.mark.slow
def test_a_sketch_learns_the_pictures_by_heart_beside_a_text_encoder_as_it_is(
    made: Path, taught: Path, tmp_path: Path
) -> None:
    before, _ = denoiser_recipe.load_averaged(taught, made / "words")
    settled = _of(made, replace(
        RECIPE, init=taught, sketch=24, sketch_samples=0, memory_samples=512 * 40, learning_rate=1e-3
    ))  # fmt: skip
    errors = [step.loss for step in train(settled, tmp_path / "long") if step.phase == "memory"]
    assert len(errors) == 40 and errors[-1] < 0.8 * errors[0]
    after, _ = denoiser_recipe.load_averaged(tmp_path / "long", made / "words")
    told = [model.text(torch.tensor([model.tokenizer.encode("a red disc", "flat")]))[2] for model in (before, after)]
    assert torch.equal(*told)
    assert not torch.equal(before.unet.conv_in.weight, after.unet.conv_in.weight)

    brief = replace(settled, memory_samples=512 * 4)
    steps = list(train(brief, tmp_path / "whole"))
    with closing(train(brief, tmp_path / "parts")) as begun:
        parts = list(islice(begun, 5))
    assert parts[-1].phase == "icons" and len(parts) < len(steps)
    assert [step.loss for step in (*parts, *train(brief, tmp_path / "parts"))] == [step.loss for step in steps]
    one, other = (denoiser_recipe.load_averaged(tmp_path / name, made / "words")[0] for name in ("whole", "parts"))
    assert all(torch.equal(*pair) for pair in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.slow
def test_beside_the_sketch_of_names_the_one_that_is_there_stays(made: Path, taught: Path, tmp_path: Path) -> None:
    named = _of(made, replace(RECIPE, named=0.85, sketch_samples=0, samples=RECIPE.batch * 2))
    for refused, why in ((named, "with --init"), (replace(named, init=taught, sketch=24), "add --sketch 16")):
        with pytest.raises(BadRequest, match=why):
            list(train(refused, tmp_path / "refused"))
    list(train(replace(named, init=taught), tmp_path / "on"))
    before, after = (denoiser_recipe.load_averaged(run, made / "words")[0] for run in (taught, tmp_path / "on"))
    assert before.unet.sketch is not None and after.unet.sketch is not None
    for part, now in ((before.text, after.text), (before.unet.sketch, after.unet.sketch)):
        for one, other in zip(part.parameters(), now.parameters(), strict=True):
            torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)  # averages of what does not change
    assert not torch.allclose(before.unet.conv_in.weight, after.unet.conv_in.weight, atol=1e-6, rtol=1e-3)


def test_a_settled_sketch_is_told_of_what_nobody_drew_and_the_denoiser_of_their_names(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denoiser_recipe, "NEUTRAL_SETS", ("flat", "soft"))
    recipe = _of(made, replace(RECIPE, named=0.75, unstyled=0.5, unmet=0.5, drop_text=0, drop_style=0, batch=256))
    rows = recipe.pictures.rows
    for index, row in enumerate(rows):  # a green disc is drawn in "flat" alone
        if (row["concept"], row["style"]) == ("green disc", "soft"):
            rows[index] = row | {"concept": "blue disc", "caption": "blue disc"}
    model = recipe.model(NOWHERE)
    picked, ids = recipe.draw_for_draft(model, np.random.default_rng(0), 4000)
    soft, own = model.tokenizer.styles["soft"], [model.tokenizer.styles[rows[index]["style"]] for index in picked]
    told = ids[:, 0].numpy()
    other = told != own
    green = np.array([rows[index]["concept"] == "green disc" for index in picked])
    assert set(told[green & other]) == {ANY_STYLE, soft} and 0.4 < other[green].mean() < 0.6
    assert set(told[~green & other]) == {ANY_STYLE}, "those are drawn in both styles"

    _, _, _, ids, sketched = recipe.draw(model, np.random.default_rng(0), 1)
    bare = sketched[:, 0] == ANY_STYLE
    assert (ids[:, 0] != ANY_STYLE).all() and 0.25 < bare.float().mean() < 0.5
    assert torch.equal(ids[~bare, 0], sketched[~bare, 0])
    names = {tuple(model.tokenizer.encode(row["caption"])[1:]) for row in rows}
    is_named = torch.tensor([tuple(row[1:]) in names for row in sketched.tolist()])
    assert is_named[bare].all() and torch.equal(ids[~is_named], sketched[~is_named]) and not is_named.all()
    assert any(tuple(row[1:]) not in names for row in ids[is_named].tolist()), "more was said than is sketched"


@pytest.fixture(scope="module")
def recalling(made: Path, taught: Path) -> Path:
    """Return the folder of a denoiser trained further with a draft network that has memorised the drawings."""
    told = ("--data", made / "pictures", "--words", made / "words", "--vae", made / "vae" / "vae.safetensors")
    command = ("train", "recall", *told, "--run", taught, "--out", made / "known", "--subset", "all")
    assert run([*map(str, command)]) == 0
    recipe = replace(RECIPE, init=made / "known", named=0.85, sketch_samples=0, samples=RECIPE.batch * 2)
    list(train(_of(made, recipe), made / "recalling"))
    return made / "recalling"


@pytest.mark.slow
def test_drawings_are_known_by_heart_and_other_prompts_are_sketched_as_before(
    made: Path, taught: Path, recalling: Path
) -> None:
    pictures = open_pictures(made / "pictures")
    before, seen = denoiser_recipe.load_averaged(taught, made / "words")
    after, seen_in_all = denoiser_recipe.load_averaged(recalling, made / "words")
    assert seen_in_all == seen + RECIPE.batch * 2
    latents = torch.from_numpy(autoencoder_training.load_latents(made / "vae" / "vae.safetensors", pictures)).float()

    def sketched(model: denoiser_recipe.IconsNetworks, *prompts: tuple[str, str | None]) -> torch.Tensor:
        ids = torch.tensor([model.tokenizer.encode(*prompt) for prompt in prompts])
        with torch.no_grad():
            return model.conditioning(ids, ids, latents)[3]

    drawn = [(row["caption"], row["style"]) for row in pictures.rows]
    error = (sketched(after, *drawn) - latents).square().mean()
    assert error < 0.2 * (sketched(before, *drawn) - latents).square().mean()
    (alone,) = sketched(after, ("red disc", None))
    same = [place for place, (caption, _) in enumerate(drawn) if caption == "red disc"]
    torch.testing.assert_close(alone, sketched(after, *(drawn[place] for place in same)).mean(0), atol=1e-4, rtol=1e-4)
    for other in (("a red disc", "flat"), ("green blue ring", "soft")):  # in other words
        assert all((sketched(after, other) - x).abs().mean() > 0.1 for x in latents)


def without_last_values(values: torch.Tensor, groups: Sequence[tuple[int, int, int]]) -> tuple[torch.Tensor, str]:
    """Return the values of drawings without the last one of each style, and the header that describes them."""
    content = io.BytesIO(values.numpy().tobytes())
    shorter = [zlib.compress(zlib.decompress(content.read(size))[:-1]) for *_, size in groups]
    sizes = [[style, flags, len(part)] for (style, flags, _), part in zip(groups, shorter, strict=True)]
    return torch.frombuffer(bytearray(b"".join(shorter)), dtype=torch.uint8), json.dumps(sizes)


@pytest.mark.slow
def test_drawings_are_stored_by_a_transform(
    made: Path, recalling: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vae, pictures = made / "vae" / "vae.safetensors", open_pictures(made / "pictures")
    told = ("--data", made / "pictures", "--words", made / "words", "--vae", vae, "--subset", "all")
    command = ("train", "drafts", *told, "--run", recalling, "--out", tmp_path / "stored")
    assert run([*map(str, command)]) == 0
    before, _ = denoiser_recipe.load_averaged(recalling, made / "words")
    after, _ = denoiser_recipe.load_averaged(tmp_path / "stored", made / "words")
    latents = torch.from_numpy(autoencoder_training.load_latents(vae, pictures)).float()

    def draft(model: denoiser_recipe.IconsNetworks, *prompts: tuple[str, str | None]) -> torch.Tensor:
        ids = torch.tensor([model.tokenizer.encode(*prompt) for prompt in prompts])
        with torch.no_grad():
            return model.conditioning(ids, ids, latents)[3]

    drawn = [(row["caption"], row["style"]) for row in pictures.rows]
    error, spread = (draft(after, *drawn) - latents).square().mean(), (latents - latents.mean(0)).square().mean()
    assert error < 0.05 * spread
    # The most requested drawings are the earlier ones, in their order. No others are left for a second table.
    assert before.prototypes is not None and after.prototypes is not None
    assert torch.equal(after.prototypes.rows, before.prototypes.rows)
    assert not (tmp_path / "stored" / "rare.safetensors").exists()
    # Prompts without a memorised image have the draft of the empty prompt.
    torch.testing.assert_close(draft(after, ("a red disc", "flat")), draft(before, ("", None)), atol=1e-4, rtol=1e-4)
    for one, other in zip(before.text.parameters(), after.text.parameters(), strict=True):
        assert torch.equal(one, other)
    assert torch.equal(before.unet.conv_in.weight, after.unet.conv_in.weight)

    path = export(made / "pictures", vae, made / "words", tmp_path / "stored", to=tmp_path / "icons")
    model = Library().load(str(path), device=torch.device("cpu"), dtype=torch.float32)
    found = model.conditioning([Conditioning(*prompt) for prompt in drawn[:4]]).sketch
    assert (found - latents[:4]).square().mean() < 0.1

    further = replace(RECIPE, init=tmp_path / "stored", named=0.85, sketch_samples=0, samples=RECIPE.batch)
    with pytest.raises(BadRequest, match="icons-posed"):
        list(train(_of(made, further), tmp_path / "further"))
    again = ("train", "drafts", *told, "--run", tmp_path / "stored", "--out", tmp_path / "again")
    assert run([*map(str, again)]) == 2
    assert "has no principal components of drawings" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_known_by_heart_is_shipped_and_taken_apart_again(
    made: Path, recalling: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vae = made / "vae" / "vae.safetensors"
    path = export(made / "pictures", vae, made / "words", recalling, to=tmp_path / "icons")
    card = Library().card(str(path))
    recall = path.with_name(f"{BUILT_IN}.recall.safetensors")
    assert card.weights[-1] == recall
    trained, _ = denoiser_recipe.load_averaged(recalling, made / "words")
    ids = torch.tensor([trained.tokenizer.encode("blue ring", "soft")])
    with torch.no_grad():
        expected = trained.conditioning(ids, ids, torch.zeros(1, 16, 16, 16))[3]

    def sketch() -> torch.Tensor:
        model = Library().load(str(path), device=torch.device("cpu"), dtype=torch.float32)
        return model.conditioning([Conditioning("one blue ring", "soft")]).sketch

    torch.testing.assert_close(sketch(), expected, atol=0.1, rtol=0.05)
    apart = unpack(card, tmp_path / "apart")
    again, _ = denoiser_recipe.load_averaged(apart / "run", apart / "words")
    with torch.no_grad():
        torch.testing.assert_close(again.conditioning(ids, ids, torch.zeros(1, 16, 16, 16))[3], sketch())

    whole = recall.read_bytes()
    weights, width = load_file(recall), trained.unet.config.components
    with safe_open(recall, "pt") as file:
        groups = file.metadata()["groups"]
    shorter, shorter_groups = without_last_values(weights["values"], json.loads(groups))
    save_file(weights | {"values": shorter}, recall, {"recall": json.dumps([width, 1.0, []]), "groups": shorter_groups})
    with pytest.raises(ModelError, match="is damaged"):
        sketch()
    for name, damaged in {
        "fewer values": weights | {"values": weights["values"][:-40]},
        "fewer flags": weights | {"flags": weights["flags"][:-40]},
        "not compressed": weights | {"values": torch.zeros_like(weights["values"])},
        # Each style is unpacked when it is first drawn, so all of them get names too many.
        "names too many": weights | {"rows": weights["rows"].repeat(2, 1)},
        "of other numbers": weights | {"rows": weights["rows"].float()},
        "without names": {name: weights[name] for name in ("flags", "values")},
        "without values": {name: weights[name] for name in ("flags", "rows")},
    }.items():
        save_file(damaged, recall, {"recall": json.dumps([width, 1.0, []]), "groups": groups})
        with pytest.raises(ModelError, match="is damaged"):
            sketch()
            pytest.fail(name)
    for told in (
        [width - 1, 1.0, []], [width, 0, []], [width, "x", []], [10**12, 1.0, []], [width, 1.0, [[]]], [width, 1.0, 2],
        [width, 10**400, []], [[[]]], {}, [width],
    ):  # fmt: skip
        save_file(weights, recall, {"recall": json.dumps(told), "groups": groups})
        with pytest.raises(ModelError, match="is damaged"):
            sketch()
    for told in ("[]", "{}", "[[]]", "[[1, 2]]", "[5]", f"{groups[:-1]}, [99, 1, 1]]", groups.replace("[[", "[[1")):
        save_file(weights, recall, {"recall": json.dumps([width, 1.0, []]), "groups": told})
        with pytest.raises(ModelError, match="is damaged"):
            sketch()
    recall.unlink()
    assert not torch.allclose(sketch(), expected, atol=0.1, rtol=0.05), "guessed, where nothing is known"
    recall.write_bytes(whole)
    torch.testing.assert_close(sketch(), expected, atol=0.1, rtol=0.05)

    again = ("--words", made / "words", "--vae", vae, "--run", recalling, "--out", tmp_path, "--subset", "all")
    assert run([*map(str, ("train", "recall", "--data", made / "pictures", *again))]) == 2
    assert "already has memorised drawings" in capsys.readouterr().err

    (apart / "run" / "recall.safetensors").write_bytes(whole[:-40])
    with pytest.raises(StorageError, match="recall.safetensors is damaged; create it again"):
        denoiser_recipe.load_averaged(apart / "run", apart / "words")


def test_an_autoencoder_begun_from_another_keeps_the_scale_of_its_latents(made: Path, tmp_path: Path) -> None:
    first = made / "vae" / "vae.safetensors"
    trained(VaeRecipe(data=made / "pictures", init=first, samples=8, batch=8, threads=1, warmup=10**9), tmp_path)
    one, other = autoencoder_training.load(first), autoencoder_training.load(tmp_path / "vae.safetensors")
    torch.testing.assert_close(one.scale, other.scale, rtol=0, atol=0)
    latents = [np.load(folder / "latents.npy").astype(np.float32) for folder in (made / "vae", tmp_path)]
    np.testing.assert_allclose(*latents, atol=0.02)


def test_pictures_are_encoded_by_an_autoencoder_as_it_is(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, given = made / "vae" / "vae.safetensors", ["train", "icons-vae", "--data", str(made / "pictures")]
    assert run([*given, "--out", str(tmp_path), "--encode-only"]) == 2
    assert "--init" in capsys.readouterr().err
    assert run([*given, "--out", str(tmp_path), "--encode-only", "--init", str(first)]) == 0
    latents = [np.load(folder / "latents.npy") for folder in (made / "vae", tmp_path)]
    np.testing.assert_array_equal(*latents)
    before, after = (autoencoder_training.load(path).state_dict() for path in (first, tmp_path / "vae.safetensors"))
    assert before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.slow
def test_an_autoencoder_of_small_pictures_grows_into_one_of_larger_ones(made: Path, tmp_path: Path) -> None:
    """Check that the larger autoencoder has the same latents for the same images before its own training."""
    small = autoencoder_training.load(made / "vae" / "vae.safetensors")
    large = autoencoder_training.grow(small)
    assert large.config == autoencoder_training.config_for(2 * small.config.factor * 16)
    picture = torch.rand(2, 4, 256, 256, generator=torch.Generator().manual_seed(0)) * 2 - 1
    halved = torch.nn.functional.avg_pool2d(picture, 2)
    with torch.no_grad():
        torch.testing.assert_close(large.encode(picture), small.encode(halved), atol=1e-4, rtol=1e-4)
    autoencoder_training.fit_linear_decoder(large, autoencoder_training.to_tensor(_enlarged(made)))
    with torch.no_grad():
        latents = large.encode(autoencoder_training.to_tensor(_enlarged(made)))
        error = (large.decode_linear(latents) - autoencoder_training.to_tensor(_enlarged(made))).square().mean()
    assert error < 0.05  # of pictures in -1 … 1


def _enlarged(made: Path) -> np.ndarray:
    return open_pictures(made / "pictures").rgba(np.arange(18)).repeat(2, axis=1).repeat(2, axis=2)


@pytest.mark.slow
def test_a_shipped_model_taken_apart_is_what_it_was_put_together_from(made: Path, taught: Path, tmp_path: Path) -> None:
    vae = made / "vae" / "vae.safetensors"
    path = export(made / "pictures", vae, made / "words", taught, to=tmp_path / "icons")
    card = Library().card(str(path))
    apart = unpack(card, tmp_path / "apart")
    with pytest.raises(StorageError, match="already exists"):
        unpack(card, taught.parent)  # where a run is
    one, seen = denoiser_recipe.load_averaged(taught, made / "words")
    other, known = denoiser_recipe.load_averaged(apart / "run", apart / "words")
    assert known == seen and other.tokenizer.styles == one.tokenizer.styles
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=0.02, rtol=0.02)
    torch.testing.assert_close(one.text.table, other.text.table)
    latents = torch.randn(1, 16, 16, 16)
    torch.testing.assert_close(
        autoencoder_training.load(vae).decode(latents),
        autoencoder_training.load(apart / "vae" / "vae.safetensors").decode(latents),
        atol=0.05, rtol=0.05,
    )  # fmt: skip


def test_one_step_with_the_students_target_lands_where_the_teachers_path_does() -> None:
    levels = edm(0.7, 40.0).path("exponential", 4)
    stands = torch.randn(4, 5, 2, 3, 3)
    x, target, sigma = distillation_recipe.segment_targets(stands, levels, [0, 1, 2, 3])
    for piece in range(4):
        path = (levels[piece], levels[piece + 1])
        (step,) = SAMPLERS["euler"].fn(lambda x, at, piece=piece: target[piece], x[piece], path, None)
        torch.testing.assert_close(step.x, stands[piece, piece + 1], atol=1e-5, rtol=1e-5)
        assert sigma[piece].item() == pytest.approx(levels[piece].sigma)


@pytest.mark.slow
def test_a_student_learns_its_teachers_paths(made: Path, taught: Path, tmp_path: Path) -> None:
    recipe = FastRecipe(
        data=made / "pictures", words=made / "words", run=taught, subset="all", paths=8, samples=160, batch=8,
        warmup=8, learning_rate=2e-3, ema_halflife=50, threads=1, temperature=0.8,
    )  # fmt: skip
    assert {step.phase for step in train(recipe, tmp_path / "fast", resume=False)} == {"paths", "icons-fast"}
    drawn = load_checkpoint(tmp_path / "fast" / "paths.pt")
    assert drawn is not None and drawn["x"].shape == (8, 5, 16, 16, 16)
    levels = edm(distillation_recipe.SIGMA_LAST, 40.0).path("exponential", 4)
    errors = []
    for folder in (taught, tmp_path / "fast"):
        model, _ = denoiser_recipe.load_averaged(folder, made / "words")
        x, target, sigma = distillation_recipe.segment_targets(drawn["x"].float(), levels, [0, 1, 2, 3] * 2)
        with torch.no_grad():
            guess = model.denoised(x, denoiser_recipe.at_sigma(sigma), drawn["ids"])
        errors.append((guess - target).square().mean().item())
    assert errors[1] < 0.9 * errors[0]
    again = train(replace(recipe, samples=8), tmp_path / "fast", resume=False)
    assert {step.phase for step in again} == {"icons-fast"}  # with the paths of the first


@pytest.mark.slow
def test_a_student_is_asked_for_styles_that_a_thing_was_not_drawn_in(made: Path, taught: Path, tmp_path: Path) -> None:
    asked = []
    for share in (0.0, 1.0):
        recipe = FastRecipe(
            data=made / "pictures", words=made / "words", run=taught, subset="all", paths=12, batch=12,
            substeps=2, drop_style=0.0, other_style=share, threads=1,
        )  # fmt: skip
        for _ in recipe.prepare(tmp_path / f"{share}"):
            pass
        drawn = load_checkpoint(tmp_path / f"{share}" / "paths.pt")
        assert drawn is not None
        asked.append(drawn["ids"])
    own, other = asked
    assert torch.equal(own[:, 1:], other[:, 1:]) and not torch.equal(own[:, 0], other[:, 0])


@pytest.mark.slow
def test_all_stages_in_one_command_end_in_a_model_and_its_quick_variant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "npm"
    source.mkdir()
    write_archives(source, drawings())
    monkeypatch.setattr(pipeline.word_table, "build", lambda data, out: write_words(out))
    lexicon = '{"disc": ["dial"]}'
    monkeypatch.setattr(pipeline.lexicon, "build", lambda data, out, **_: (out / LEXICON).write_text(lexicon))
    monkeypatch.setattr(pipeline.name_index, "build", lambda data, card, **_: 0)
    monkeypatch.setattr(pipeline.translation_dictionary, "build", lambda card, **_: 0)
    out = tmp_path / "all"
    at = pipeline.Folders(out)
    laptop = pipeline.laptop(at)
    plan = replace(
        laptop,
        subset="emoji",
        vae=replace(laptop.vae, samples=32, batch=8, cooldown=8, warmup=8, threads=1),
        icons=replace(RECIPE, data=at.pictures, vae=at.vae, words=at.words, subset="emoji"),
        decoder=replace(laptop.decoder, subset="emoji", samples=8, batch=4, warmup=4, threads=1),
        fast=replace(laptop.fast, subset="emoji", paths=4, samples=8, batch=4, warmup=4, threads=1),
    )
    stages = ["pictures", "words", "lexicon", "vae", "run", "decoder", "fast", "icons"]
    assert list(pipeline.run(plan, out, source=source)) == stages
    (out / "fast.done").unlink()
    assert list(pipeline.run(plan, out, source=source)) == ["fast"]
    path = out / "icons" / f"{BUILT_IN}-fast.safetensors"
    card = Library().card(str(path))
    assert card.fast_of == BUILT_IN and card.defaults["steps"] == 4
    assert card.vocabulary is not None and card.unknown_words("a cute dial") == [Reading("dial", read_as="disc")]
    model = ICONS.load(card, torch.device("cpu"), torch.float32, Store())
    assert model.diffusion.process.ratios[0] == pytest.approx(distillation_recipe.SIGMA_LAST)
    assert not any("sketch" in name for file in (path, card.weights[1]) for name in read_header(file).shapes)
    whole = path.with_name(f"{BUILT_IN}.safetensors")
    base = Library().card(str(whole))
    teacher = ICONS.load(base, torch.device("cpu"), torch.float32, Store())
    assert isinstance(teacher, IconsModel) and isinstance(model, IconsModel)
    weights = teacher.unet.state_dict()
    sketch = {name: weight for name, weight in model.unet.state_dict().items() if name.startswith("sketch.")}
    assert sketch and all(torch.equal(weight, weights[name]) for name, weight in sketch.items())  # they share it
    assert base.parameters == card.parameters
    assert config_of(whole)["tokenizer"]["lexicon"] == {"disc": ["dial"]}


def test_a_sheet_shows_every_prompt(made: Path, tmp_path: Path) -> None:
    model = denoiser_recipe.IconsNetworks.new(made / "words", ["flat", "soft"], network=RECIPE.network)
    vae = autoencoder_training.load(made / "vae" / "vae.safetensors")
    prompts = ("red disc", "blue bar", "ring")
    sample_sheet.write(tmp_path / "sheet.png", model, vae, prompts, latent=(16, 16, 16), guidance=3.0)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (8 * 128, 128)
        columns = np.asarray(sheet).std(axis=(0, 2)).reshape(8, 128).max(axis=1)
    assert (columns > 0).tolist() == [True] * 3 + [False] * 5


@pytest.mark.skipif(sys.platform == "win32", reason="no signal to a running process there")
def test_a_stopped_training_of_all_stages_names_its_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, should_stop: Callable[[], bool], **__: object) -> Iterator[str]:
        yield "pictures"
        yield "words"
        os.kill(os.getpid(), signal.SIGINT)
        assert should_stop()

    monkeypatch.setattr(pipeline, "run", stop)
    threads = torch.get_num_threads()
    try:
        assert run(["train", "all", "--out", str(tmp_path), "--plan", "laptop"]) == 128 + signal.SIGINT
        monkeypatch.setattr(pipeline, "run", lambda *_, **__: iter(("pictures", "words")))
        told = capsys.readouterr()
        assert run(["train", "all", "--out", str(tmp_path), "--plan", "laptop"]) == 0
    finally:
        torch.set_num_threads(threads)
    assert told.err == "gdm-studio: stopped in the stage words; the same command resumes\n"
    assert not capsys.readouterr().err


@pytest.mark.slow
def test_a_command_that_is_stopped_before_the_first_step_writes_nothing(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "icons", "--data", str(made / "pictures"), "--words", str(made / "words")]
    command += ["--vae", str(made / "vae" / "vae.safetensors"), "--out", str(tmp_path), "--batch", "2"]
    command += ["--samples", "100000", "--subset", "all", "--sheet-minutes", "0", "--threads", "1"]
    command += ["--sketch-samples", "0"]

    class Terminal(io.StringIO):
        """Standard output that ends the process at the first line of the log, which comes before the first step."""

        def write(self, text: str) -> int:
            if not self.getvalue():
                os.kill(os.getpid(), signal.SIGTERM)
            return super().write(text)

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    # Without the command's own handler, the test fails instead of ending all tests.
    before = signal.signal(signal.SIGTERM, lambda *_: pytest.fail("the signal was not handled"))
    threads = torch.get_num_threads()
    try:
        assert run(command) == 128 + signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)
        torch.set_num_threads(threads)
    assert '"recipe": "icons"' in terminal.getvalue() and str(tmp_path) not in terminal.getvalue()
    assert "stopped before the first sample; the same command resumes" in capsys.readouterr().err
    assert load_checkpoint(tmp_path / "checkpoint.pt") is None


@pytest.mark.slow
def test_a_checkpoint_of_other_networks_is_refused(made: Path, tmp_path: Path) -> None:
    _train(made, tmp_path, replace(RECIPE, samples=4, sketch_samples=0))
    with pytest.raises(StorageError, match="sketch: 16, now 24"):
        _train(made, tmp_path, replace(RECIPE, sketch=24))
    with pytest.raises(StorageError, match="optimizer: muon, now adamw"):
        _train(made, tmp_path, replace(RECIPE, optimizer="adamw"))
    state = load_checkpoint(tmp_path / "checkpoint.pt")
    assert state is not None and state["seen"] == 4
    torch.save(state | {"styles": ["soft", "flat"]}, tmp_path / "checkpoint.pt")
    with pytest.raises(StorageError, match="styles"):
        _train(made, tmp_path, RECIPE)


def test_latents_of_other_pictures_are_refused(made: Path, tmp_path: Path) -> None:
    pictures = open_pictures(made / "pictures")
    with pytest.raises(StorageError, match="latents.npy cannot be read"):
        autoencoder_training.load_latents(tmp_path / "vae.safetensors", pictures)
    np.save(tmp_path / "latents.npy", np.zeros((17, 16, 16, 16), np.float16))
    with pytest.raises(StorageError, match="latents of 17 images, but there are 18"):
        autoencoder_training.load_latents(tmp_path / "vae.safetensors", pictures)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--batch 0", "--batch must be from 1 to"),
        ("--threads 0", "--threads must be from 1 to"),
        ("--samples -5", "--samples must be from 1 to"),
        ("--learning-rate nan", "--learning-rate must be a number from 0 to"),
        ("--drop-text 2", "--drop-text must be from 0 to 1"),
        ("--sketch -1", "--sketch must be from 0 to"),
        ("--out FILE", "is a file, not a folder"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    option: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    given = ["--data", "pictures", "--vae", "vae", "--words", "words", "--out", str(tmp_path / "run")]
    name, value = option.split()
    assert run(["train", "icons", *given, name, value.replace("FILE", str(tmp_path / "file"))]) == 2
    assert says in capsys.readouterr().err


def test_missing_pieces_are_named(made: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="train words"):
        trained(replace(_of(made, RECIPE), words=tmp_path), tmp_path / "run")
    with pytest.raises(StorageError, match="train icons-vae"):
        autoencoder_training.load(tmp_path / "vae.safetensors")
    with pytest.raises(StorageError, match="no checkpoint"):
        export(made / "pictures", made / "vae" / "vae.safetensors", made / "words", tmp_path, to=tmp_path / "icons")


@pytest.mark.slow
def test_the_command_line_trains_and_exports(made: Path, tmp_path: Path) -> None:
    given = ["train", "icons", "--data", str(made / "pictures"), "--vae", str(made / "vae" / "vae.safetensors")]
    given += ["--words", str(made / "words"), "--out", str(tmp_path / "run")]
    options = "--samples 4 --batch 2 --subset all --optimizer adamw --sheet-minutes 0 --sketch-samples 128 --threads 3"
    options += " --sketch 8 --sketch-weight 0.25"
    before = torch.get_num_threads()
    assert run([*given, *options.split()]) == 0
    assert torch.get_num_threads() == 3
    torch.set_num_threads(before)
    first = json.loads((tmp_path / "run" / "log.jsonl").read_text().splitlines()[0])
    assert (first["recipe"], first["samples"], first["batch"], first["optimizer"]) == ("icons", 4, 2, "adamw")
    assert (first["sketch"], first["sketch_weight"]) == (8, 0.25)
    assert run([*given, "--export", str(tmp_path / "icons")]) == 0
    assert (tmp_path / "icons" / "card.json").exists()
    assert run([*given[:-1], str(tmp_path / "nowhere"), "--export", str(tmp_path / "icons")]) == 2


def test_every_option_of_a_recipe_is_one_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(["train", "icons", "--help"])
    shown = capsys.readouterr().out
    offered = {each.name: each for each in options_of(IconsRecipe)}
    assert all(each.flag in shown for each in offered.values())
    assert "(default: 0.002)" in shown and "--channels" not in shown
    required = {name for name, each in offered.items() if each.required}
    assert required == {"data", "vae", "words"}
    assert (offered["seed"].kind, offered["learning_rate"].kind, offered["init"].kind) == (int, float, Path)
