"""A shipped `icons` taken apart again into what the stages of its training read, so that training can go on from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save

from gdm_studio.atomic import make_folder, write
from gdm_studio.errors import StorageError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families.icons import ICONS
from gdm_studio.models.families.icons_model import IconsModel
from gdm_studio.models.store import Store
from gdm_studio.training import icons_vae, lexicon, words
from gdm_studio.training.checkpoint import save_checkpoint
from gdm_studio.training.icons_networks import RECALL
from gdm_studio.training.recipe import CHECKPOINT


def unpack(card: ModelCard, out: Path) -> Path:
    """Write `words/`, `vae/vae.safetensors` and `run/checkpoint.pt` into `out`, in fp32; returns `out`.

    The checkpoint holds averaged weights and no optimizer: a new run begins from it with `--init`. Raises
    StorageError, also where any of the folders is there: a training run may live in it.
    """
    folders = [out / name for name in ("words", "vae", "run")]
    for folder in folders:
        if folder.exists():
            raise StorageError(f"{folder} is there already, and would be written over; choose another --out.")
    model = ICONS.load(card, torch.device("cpu"), torch.float32, Store())
    assert isinstance(model, IconsModel)
    text, unet, vae, tokenizer = model.text, model.unet, model.vae, model.tokenizer
    for folder in folders:
        make_folder(folder)
    write(out / "words" / words.TABLE, save({"table": text.table, "scale": text.table_scale}))
    vocabulary = {"vocab": tokenizer.vocab, "emoji": tokenizer.emoji}
    write(out / "words" / words.VOCABULARY, json.dumps(vocabulary, ensure_ascii=False).encode())
    write(out / "words" / lexicon.LEXICON, json.dumps(tokenizer.lexicon).encode())
    weights = {key: value.contiguous() for key, value in vae.state_dict().items()}
    write(out / "vae" / icons_vae.WEIGHTS, save(weights, {"config": json.dumps(asdict(vae.config))}))
    if model.recall:
        model.recall.write(out / "run" / RECALL)
    save_checkpoint(out / "run" / CHECKPOINT, {
        "ema": [parameter.detach() for parameter in (*unet.parameters(), *text.parameters())],
        "styles": list(tokenizer.styles),
        "network": asdict(unet.config),
        "seen": int(float(card.figures.get("samples_seen", 0))),
    })
    return out
