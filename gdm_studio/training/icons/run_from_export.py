"""Conversion of an exported `icons` model back to the files of a training run, so that training can continue."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.errors import StorageError
from gdm_studio.models.families.icons.family import ICONS
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.model_card import ModelCard
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.networks import PROTOTYPES, RARE_PROTOTYPES, IconsNetworks, save_averaged
from gdm_studio.training.table_builders import lexicon, word_table


def unpack(card: ModelCard, out: Path) -> Path:
    """Convert an exported `icons` model back to the files of a training run, so that training can continue.

    It writes `words/`, `vae/vae.safetensors` and `run/checkpoint.pt` in `out`, in fp32, and returns `out`. The
    checkpoint contains averaged weights but no optimizer state, so a new run must start from it with `--init`. Raises
    StorageError, for example if one of the folders exists, since it may contain a training run.
    """
    folders = [out / name for name in ("words", "vae", "run")]
    for folder in folders:
        if folder.exists():
            raise StorageError(f"{folder} already exists; choose another --out.")
    model = ICONS.load(card, torch.device("cpu"), torch.float32, Store())
    assert isinstance(model, IconsModel)
    text, unet, vae, tokenizer = model.text, model.unet, model.vae, model.tokenizer
    for folder in folders:
        make_folder(folder)
    write(out / "words" / word_table.TABLE, save({"table": text.table, "scale": text.table_scale}))
    vocabulary = {"vocab": tokenizer.vocab, "emoji": tokenizer.emoji}
    write(out / "words" / word_table.VOCABULARY, json.dumps(vocabulary, ensure_ascii=False).encode())
    write(out / "words" / lexicon.LEXICON, json.dumps(tokenizer.lexicon).encode())
    weights = {key: value.contiguous() for key, value in vae.state_dict().items()}
    write(out / "vae" / autoencoder_training.WEIGHTS, save(weights, {"config": json.dumps(asdict(vae.config))}))
    if model.recall:
        model.recall.write(out / "run" / PROTOTYPES)
    if model.recall and model.all_drawings:
        model.all_drawings.without_first(len(model.recall.rows)).write(out / "run" / RARE_PROTOTYPES)
    seen = int(float(card.figures.get("samples_seen", 0)))
    save_averaged(out / "run", IconsNetworks(tokenizer, text, unet), seen)
    return out
