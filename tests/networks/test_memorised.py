"""Memorised drawings: the drawing selected by a name, alone and in the styles of prompts."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis, latents_of_prompts, quantized
from gdm_studio.networks.icons.special_tokens import ANY_STYLE
from gdm_studio.networks.icons.unet import PriorNetwork, UNetConfig

FLAT, SOFT, LINE, ROUND = 2, 3, 4, 5
FOX, OWL, CAT, RED = 64, 65, 66, 67
ROWS = [[FLAT, FOX, 0], [SOFT, FOX, 0], [LINE, FOX, 0], [ROUND, FOX, 0], [LINE, OWL, 0], [FLAT, RED, FOX]]
LEVELS = [[8, 0], [0, 8], [1, 7], [88, 88], [-20, 6], [1, 1]]


@pytest.fixture
def recall() -> PrototypeBasis:
    rows, levels = torch.tensor(ROWS, dtype=torch.int16), torch.tensor(LEVELS, dtype=torch.int8)
    return PrototypeBasis.of(rows, levels, 0.5, [FLAT, SOFT, ROUND])


@pytest.mark.parametrize(
    ("row", "style", "components"),
    [
        ([SOFT, FOX, 0], SOFT, [0, 4]),
        # The style of the name counts.
        ([FLAT, RED, FOX], ROUND, [0.5, 0.5]),
        # There is no such drawing.
        ([FLAT, OWL, 0], FLAT, None),
        ([FLAT, CAT, 0], FLAT, None),
        ([FLAT, FOX, RED], FLAT, None),
        # The two most similar drawings among the blended styles.
        ([ANY_STYLE, FOX, 0, 0, 0], ANY_STYLE, [2, 2]),
        # There is no drawing in a blended style.
        ([ANY_STYLE, OWL, 0], ANY_STYLE, [-10, 3]),
        # Too few drawings are in this style to transfer it, so the mean is used.
        ([ANY_STYLE, FOX, 0], LINE, [16, 16]),
        ([ANY_STYLE, OWL, 0], ROUND, [-10, 3]),
        ([ANY_STYLE, CAT, 0], LINE, None),
        # There are no words.
        ([ANY_STYLE, 0, 0], ANY_STYLE, None),
    ],
)
def test_a_name_selects_its_drawing_or_blends_the_most_similar_ones(
    recall: PrototypeBasis, row: list[int], style: int, components: list[float] | None
) -> None:
    known, found = recall(torch.tensor([row]), torch.tensor([style]))
    assert known.tolist() == [components is not None]
    assert found.tolist() == [components or [0, 0]]


def test_a_missing_style_is_transferred_from_other_drawings() -> None:
    generator = torch.Generator().manual_seed(4)
    things, count = torch.randn(60, 8, generator=generator) @ torch.diag(torch.logspace(0, -2, 8)), 60
    turn = torch.linalg.qr(torch.randn(8, 8, generator=generator))[0]
    # A style that follows from the other one.
    lines = 30 + things @ turn
    rows = [[style, FOX + thing, 0] for style in (FLAT, LINE) for thing in range(count)]
    levels = (torch.cat([things, lines]) * 2).round().clamp(-127, 127).to(torch.int8)
    without = [place for place, row in enumerate(rows) if row != [LINE, FOX + 7, 0]]
    known = PrototypeBasis.of(torch.tensor(rows, dtype=torch.int16)[without], levels[without], 0.5, [FLAT])
    (_, (carried,)) = known(torch.tensor([[ANY_STYLE, FOX + 7, 0]]), torch.tensor([LINE]))
    _, (left,) = known(torch.tensor([[ANY_STYLE, FOX + 7, 0]]), torch.tensor([LINE]), carries=False)
    torch.testing.assert_close(left, levels[7] / 2)
    drawn, mean = levels[count + 7] / 2, levels[count:].float().mean(0) / 2
    assert torch.dist(carried, drawn) < torch.dist(mean, drawn), "more is told of it than of its style"
    assert torch.dist(carried, drawn) < 0.2 * torch.dist(levels[7] / 2, drawn), "and in that style"


def test_identical_drawings_are_transferred_unchanged() -> None:
    rows = [[style, FOX + thing, 0] for style in (FLAT, LINE) for thing in range(20)]
    levels = torch.tensor([[4, 0]] * 20 + [[0, 6]] * 20, dtype=torch.int8)
    known = PrototypeBasis.of(torch.tensor(rows, dtype=torch.int16), levels, 0.5, [FLAT])
    (_, (carried,)) = known(torch.tensor([[ANY_STYLE, FOX, 0]]), torch.tensor([LINE]))
    assert carried.tolist() == [0, 3]


def test_unknown_prompts_use_the_prior_network(recall: PrototypeBasis, tmp_path: Path) -> None:
    torch.manual_seed(0)
    sketch = PriorNetwork(UNetConfig(in_channels=3, pooled=5, sketch=4, components=2, sketch_side=2))
    torch.nn.init.normal_(sketch.layers[-1].weight)  # type: ignore[arg-type]
    ids, pooled, size = torch.tensor([[FLAT, CAT, 0], [SOFT, FOX, 0]]), torch.randn(2, 5), torch.Size((4, 4))
    styles = ids[:, 0]
    drawn = latents_of_prompts(sketch, recall, ids, pooled, styles, size)
    assert drawn.shape == (2, 3, 4, 4)
    torch.testing.assert_close(drawn[0], sketch(pooled, size)[0])
    torch.testing.assert_close(drawn[1], sketch.from_components(torch.tensor([[0.0, 4.0]]), size)[0])
    assert torch.equal(latents_of_prompts(sketch, None, ids, pooled, styles, size), sketch(pooled, size))

    recall.write(tmp_path / "known.safetensors")
    again = PrototypeBasis.read(tmp_path / "known.safetensors")
    assert torch.equal(latents_of_prompts(sketch, again, ids, pooled, styles, size), drawn)
    assert (again.width, again.step, again.blended) == (2, 0.5, (FLAT, SOFT, ROUND))


def test_tables_of_earlier_versions_are_read(recall: PrototypeBasis, tmp_path: Path) -> None:
    recall.write(tmp_path / "new.safetensors")
    with safe_open(tmp_path / "new.safetensors", "pt") as file:
        metadata = file.metadata()
    del metadata["groups"]
    whole = recall.components.numpy()
    flags = np.packbits(whole != 0, axis=1)
    for earlier in ({"components": whole.T}, {"flags": flags, "values": whole[whole != 0]}):
        packed = {name: bytearray(lzma.compress(array.tobytes())) for name, array in earlier.items()}
        tensors = {name: torch.frombuffer(data, dtype=torch.uint8) for name, data in packed.items()}
        save_file({"rows": recall.rows} | tensors, tmp_path / "earlier.safetensors", metadata)
        again = PrototypeBasis.read(tmp_path / "earlier.safetensors")
        assert torch.equal(again.components, recall.components)
        recall.write(tmp_path / "new.safetensors")
        again.write(tmp_path / "again.safetensors")
        assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "new.safetensors").read_bytes()


def test_two_tables_contain_the_drawings_of_both(recall: PrototypeBasis) -> None:
    rows = torch.tensor([[SOFT, OWL, 0], [ROUND, OWL, 0], [SOFT, CAT, 0]], dtype=torch.int16)
    levels = torch.tensor([[3, 3], [1, -1], [90, 90]], dtype=torch.int8)
    both = recall.combine(PrototypeBasis.of(rows, levels, 0.5, []))
    assert both.components.tolist() == [*LEVELS, *levels.tolist()]
    assert both.select([7, 1, 3, 1]).tolist() == [[1, -1], [0, 8], [88, 88], [0, 8]]
    # The nearest drawing in the same style is in the other table.
    nearest = both.vary(1, torch.tensor([0.0]), 1.0)
    assert nearest.tolist() == [1.5, 1.5]
    assert torch.equal(both.without_first(len(ROWS)).components, levels)


def test_only_the_drawings_of_one_style_are_unpacked(recall: PrototypeBasis, tmp_path: Path) -> None:
    file = tmp_path / "damaged.safetensors"
    recall.write(file)
    content = file.read_bytes()
    with safe_open(file, "pt") as opened:
        groups = json.loads(opened.metadata()["groups"])
        values = opened.get_tensor("values").numpy().tobytes()
    # One bit of the values of the last style.
    place = content.index(values) + len(values) - groups[-1][2] // 2
    file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    again = PrototypeBasis.read(file)
    assert again.select([0, 1]).tolist() == LEVELS[:2]
    with pytest.raises(ModelError, match=r"damaged.safetensors is damaged"):
        again.select([3])


def test_many_components_are_stored_in_the_room_of_those_that_are_not_zero(tmp_path: Path) -> None:
    torch.manual_seed(0)
    is_kept = torch.rand(50, 1001) < 0.05
    components = torch.where(is_kept, torch.randint(-127, 128, (50, 1001)), 0).to(torch.int8)
    rows = torch.tensor([[place % 2, place, 0] for place in range(50)], dtype=torch.int16)
    PrototypeBasis.of(rows, components, 1.0, ()).write(tmp_path / "sparse.safetensors")
    assert torch.equal(PrototypeBasis.read(tmp_path / "sparse.safetensors").components, components)
    # A flag costs at most a bit, and a value about a byte.
    assert (tmp_path / "sparse.safetensors").stat().st_size < components.numel() / 8 + 1.1 * int(is_kept.sum()) + 1000


def test_small_components_become_zero() -> None:
    found = quantized(torch.tensor([0.6, -0.6, 0.64, -1.4, 1.6, 300.0]) * 0.5, 0.5)
    assert found.dtype == torch.int8 and found.tolist() == [0, 0, 1, -1, 2, 127]
