"""Settings of Regional Prompter become regions."""

from pathlib import Path

import pytest

from gdm_studio.gallery import read
from gdm_studio.gallery.metadata.regional_prompter import read_regions, settings_of_script
from gdm_studio.request.regions import Region
from tests.helpers.foreign_images import png

ON = {"RP Active": "True", "RP Divide mode": "Matrix", "RP Matrix submode": "Columns", "RP Ratios": "1,1"}


def test_the_text_of_an_image_becomes_regions(tmp_path: Path) -> None:
    text = (
        "a forest BREAK a red fox BREAK a blue bird\nNegative prompt: blurry\nSteps: 9, Sampler: DDIM, Seed: 4, "
        'RP Active: True, RP Divide mode: Matrix, RP Matrix submode: Columns, RP Ratios: "1,3", RP Base Ratios: 0.25, '
        "RP Use Base: True, RP Use Common: False, RP Calc Mode: Attention, RP threshold: 0.4"
    )
    found = read(png(tmp_path / "x.png", {"parameters": text}))
    assert found is not None and found.request is not None
    assert (found.request.prompt, found.request.negative_prompt) == ("a forest", "blurry")
    assert found.request.regions == (
        Region("a red fox", (0, 0, 0.25, 1), weight=0.75),
        Region("a blue bird", (0.25, 0, 1, 1), weight=0.75),
    )
    assert found.request_fields["RP Ratios"] == "regions" and "RP Use Base" in found.used
    assert (found.request.region_mode, found.request_fields["RP Calc Mode"]) == ("attention", "region_mode")
    assert "RP threshold" in found.ignored and "a red fox" in found.fields["regions"]


@pytest.mark.parametrize(
    ("mode", "found"), [("Attention", "attention"), ("Latent", "predictions"), (None, "predictions")]
)
def test_the_mode_is_attention_or_predictions(mode: str | None, found: str) -> None:
    regional = read_regions("a BREAK b", "", ON | ({"RP Calc Mode": mode} if mode else {}))
    assert regional is not None and regional.mode == found


@pytest.mark.parametrize(
    ("change", "boxes"),
    [
        ({"RP Matrix submode": "Rows"}, [(0, 0, 1, 0.5), (0, 0.5, 1, 1)]),
        ({"RP Divide mode": "Vertical", "RP Ratios": "3,1"}, [(0, 0, 1, 0.75), (0, 0.75, 1, 1)]),
        ({"RP Ratios": "1,1;3,1"}, [(0, 0, 1, 0.25), (0, 0.25, 1, 1)]),
        ({"RP Ratios": "1;1", "RP Flip": "True"}, [(0, 0, 0.5, 1), (0.5, 0, 1, 1)]),
    ],
)
def test_ratios_divide_the_image(change: dict[str, str], boxes: list[tuple[float, ...]]) -> None:
    found = read_regions("a BREAK b", "x BREAK y", ON | change)
    assert found is not None and [region.box for region in found.regions] == boxes
    assert [region.negative for region in found.regions] == ["x", "y"] and found.negative_prompt == ""


def test_rows_of_different_columns_and_a_common_prompt() -> None:
    prompt = "old ADDCOMM sky ADDCOL tower ADDCOL moon ADDROW desk ADDCOL sofa"
    found = read_regions(prompt, "", ON | {"RP Ratios": "1,2,1,1;1,1,3"})
    assert found is not None and [region.prompt for region in found.regions][::4] == ["old, sky", "old, sofa"]
    assert [region.box for region in found.regions] == [
        (0, 0, 0.5, 0.5), (0.5, 0, 0.75, 0.5), (0.75, 0, 1, 0.5), (0, 0.5, 0.25, 1), (0.25, 0.5, 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"RP Active": "False"}, {"RP Divide mode": "Mask"}, {"RP Ratios": "1,1,1"}, {"RP Ratios": "1,nan"},
        {"RP Ratios": "1,-1"}, {"RP Ratios": ",".join("1" * 40)}, {"RP Ratios": "1,1e999"},
    ],
)  # fmt: skip
def test_other_divisions_are_no_regions(change: dict[str, str]) -> None:
    assert read_regions("a BREAK b", "", ON | change) is None


def test_arguments_of_the_script() -> None:
    arguments = [True, False, "Matrix", "Columns", "Mask", "Prompt", "1,1", "0.2", False, False, False, "Attention"]
    found = read_regions("a BREAK b", "", settings_of_script(arguments))
    assert found is not None and len(found.regions) == 2
    assert read_regions("a BREAK b", "", settings_of_script([])) is None
