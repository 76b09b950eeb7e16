"""Scorer: training on made-up images, refused inputs, and its file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.cli.main import run
from gdm_studio.common.errors import ModelError, StudioError
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.evaluation.scorer import (
    SIDE,
    Scorer,
    ScorerConfig,
    composite,
    load_scorer,
    split_into_features,
)
from gdm_studio.training.evaluation.scorer_training import ScorerRecipe
from tests.training.curves import trained
from tests.training.made_up_pictures import write_pictures

RECIPE = ScorerRecipe(data=Path("nowhere"), samples=400, batch=8, warmup=32, cooldown=300, others=18)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with images, of which the style "soft" has soft edges, and a scorer trained on them."""
    folder = tmp_path_factory.mktemp("judged")
    write_pictures(folder / "pictures")
    shape = (18, 128, 128, 4)
    pixels = np.memmap(folder / "pictures" / "pictures.u8", np.uint8, mode="r+", shape=shape)
    pixels[9:, ..., :3] //= 2
    pixels.flush()
    trained(replace(RECIPE, data=folder / "pictures"), folder / "scorer")
    return folder


@pytest.mark.slow
def test_a_picture_is_near_its_caption_and_its_style_is_known(made: Path) -> None:
    scorer, pictures = load_scorer(made / "scorer"), open_pictures(made / "pictures")
    features = scorer.features(composite(pictures.pixels))
    captions = scorer.match_of_texts([row["caption"] for row in pictures.rows[:9]])
    nearest = (scorer.match_of(features) @ captions.T).argmax(1)
    assert (nearest == torch.arange(18) % 9).float().mean() >= 0.8
    styles = scorer.styles_of(features)
    assert np.mean([style == row["style"] for style, row in zip(styles, pictures.rows, strict=True)]) >= 0.8


def test_words_in_another_order_or_number_are_near(made: Path) -> None:
    scorer = load_scorer(made / "scorer")
    red, discs, blue = scorer.match_of_texts(["red disc", "Red discs", "blue ring"])
    assert red @ discs > red @ blue + 0.3


@pytest.mark.slow
def test_the_same_seed_gives_the_same_scorer(made: Path, tmp_path: Path) -> None:
    few = replace(RECIPE, data=made / "pictures", samples=36)
    one, same, other = (
        load_scorer(trained(recipe, tmp_path / name).parent).state_dict()
        for name, recipe in (("one", few), ("same", few), ("other", replace(few, seed=1)))
    )
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["match.weight"], other["match.weight"])


def test_a_held_out_picture_is_refused(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures")
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    lines[4] = json.dumps(json.loads(lines[4]) | {"set": "twemoji", "concept": "bomb"})
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(StudioError, match="twemoji's image of 'bomb' is held out"):
        trained(replace(RECIPE, data=folder), tmp_path / "scorer")
    assert not (tmp_path / "scorer").exists()


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train scorer"):
        load_scorer(tmp_path)
    (tmp_path / "scorer.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match="train it again"):
        load_scorer(tmp_path)


def test_pictures_are_seen_over_mid_grey_with_their_alpha_whatever_their_size() -> None:
    picture = np.zeros((96, 96, 4), np.uint8)
    picture[:48] = (200, 40, 0, 255)
    picture[48:, :, :3] = 255  # colours that nobody sees
    picture[72:] = (0, 0, 0, 51)
    seen = composite(np.stack([picture, picture]))
    assert seen.shape == (2, SIDE, SIDE, 4)
    assert seen[1, 10, 10].tolist() == [200, 40, 0, 255]
    assert seen[1, 40, 10].tolist() == [128, 128, 128, 0]
    assert seen[1, 60, 10].tolist() == [102, 102, 102, 51]  # four fifths of mid-grey
    np.testing.assert_array_equal(seen, composite(picture.repeat(2, 0).repeat(2, 1)[None].repeat(2, 0)))


def test_any_text_has_an_embedding() -> None:
    scorer = Scorer(ScorerConfig(("flat",), channels=(4,), blocks=(0,), width=8, buckets=64)).eval()
    letters = ["<re", "red", "ed>", "<ap", "app", "ppl", "ple", "les", "es>"]
    assert split_into_features("Red apples") == ["=red", "=apples", "red apples", *letters]
    vectors = scorer.match_of_texts(["", "🦊", "red apple", "x" * 500])
    assert vectors.norm(dim=1).tolist() == pytest.approx([1] * 4)


def test_the_command_line_trains_it(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = torch.get_num_threads()
    given = ["train", "scorer", "--data", str(made / "pictures"), "--out", str(tmp_path / "scorer")]
    assert run([*given, "--samples", "20", "--batch", "10", "--threads", "1"]) == 0
    torch.set_num_threads(before)
    assert str(tmp_path / "scorer" / "scorer.safetensors") in capsys.readouterr().out
    assert load_scorer(tmp_path / "scorer").config.styles == ("flat", "soft")
    assert run([*given, "--samples", "0"]) == 2
    assert "--samples must be from 1 to" in capsys.readouterr().err
