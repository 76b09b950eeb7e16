"""What a sketch knows by heart: which drawings a name stands for, alone and in the styles of prompts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gdm_studio.networks.recall import Recall, remembered
from gdm_studio.networks.tokenizer import ANY_STYLE
from gdm_studio.networks.unet import Sketch, UNetConfig

FLAT, SOFT, LINE, ROUND = 2, 3, 4, 5
FOX, OWL, CAT, RED = 64, 65, 66, 67
ROWS = [[FLAT, FOX, 0], [SOFT, FOX, 0], [LINE, FOX, 0], [ROUND, FOX, 0], [LINE, OWL, 0], [FLAT, RED, FOX]]
LEVELS = [[8, 0], [0, 8], [1, 7], [88, 88], [-20, 6], [1, 1]]


@pytest.fixture
def recall() -> Recall:
    rows, levels = torch.tensor(ROWS, dtype=torch.int16), torch.tensor(LEVELS, dtype=torch.int8)
    return Recall(rows, levels, 0.5, [FLAT, SOFT, ROUND])


@pytest.mark.parametrize(
    ("row", "alike", "components"),
    [
        ([SOFT, FOX, 0], False, [0, 4]),
        ([LINE, FOX, 0, 0, 0], True, [0.5, 3.5]),
        ([FLAT, RED, FOX], False, [0.5, 0.5]),
        ([FLAT, OWL, 0], False, None),  # nobody drew it so
        ([FLAT, CAT, 0], False, None),
        ([FLAT, FOX, RED], True, None),
        ([ANY_STYLE, FOX, 0], False, [16, 16]),  # of those that are blended
        ([ANY_STYLE, FOX, 0], True, [2, 2]),
        ([ANY_STYLE, OWL, 0], True, [-10, 3]),  # there is none that is blended
        ([ANY_STYLE, CAT, 0], False, None),
        ([ANY_STYLE, 0, 0], False, None),  # no words
    ],
)
def test_a_name_stands_for_its_drawing_and_without_a_style_for_the_mean_of_them(
    recall: Recall, row: list[int], alike: bool, components: list[float] | None
) -> None:
    known, found = recall(torch.tensor([row]), alike)
    assert known.tolist() == [components is not None]
    assert found.tolist() == [components or [0, 0]]


def test_what_is_not_known_is_sketched(recall: Recall, tmp_path: Path) -> None:
    torch.manual_seed(0)
    sketch = Sketch(UNetConfig(in_channels=3, pooled=5, sketch=4, components=2, sketch_side=2))
    torch.nn.init.normal_(sketch.layers[-1].weight)  # type: ignore[arg-type]
    ids, pooled, size = torch.tensor([[FLAT, CAT, 0], [SOFT, FOX, 0]]), torch.randn(2, 5), torch.Size((4, 4))
    drawn = remembered(sketch, recall, ids, pooled, size)
    assert drawn.shape == (2, 3, 4, 4)
    torch.testing.assert_close(drawn[0], sketch(pooled, size)[0])
    torch.testing.assert_close(drawn[1], sketch.drawn(torch.tensor([[0.0, 4.0]]), size)[0])
    assert torch.equal(remembered(sketch, None, ids, pooled, size), sketch(pooled, size))

    recall.write(tmp_path / "known.safetensors")
    again = Recall.read(tmp_path / "known.safetensors")
    assert torch.equal(remembered(sketch, again, ids, pooled, size), drawn)
    assert (again.width, again.step, again.blended) == (2, 0.5, (FLAT, SOFT, ROUND))
