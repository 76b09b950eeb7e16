#!/bin/sh
# diffusers 0.42.1: the position embedding of ERNIE-Image is no rotation. Its angles are repeated for neighbouring
# channels, but applied to a channel and the one half a head further, whose angles differ. So it changes the norm of
# queries, and attention depends on absolute positions: an image whose rows are all shifted by 5 gets other scores,
# whereas FLUX.1's embedding keeps them. The released weights were trained this way; an implementation with a usual
# rotary embedding loads them and draws something else. Seen: norms of queries change by 7 %, and scores by 31 % of
# the largest one; with FLUX.1's embedding by 1e-7. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 transformers==5.24.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from unittest import mock

import diffusers
import torch
from diffusers.models.transformers import transformer_ernie_image as ernie
from diffusers.models.transformers import transformer_flux as flux

WIDTH, AXES = 128, (32, 48, 48)
torch.manual_seed(0)
tokens = torch.randn(1, 6, WIDTH)
ids = torch.tensor([[[9.0, row, column] for row in range(2) for column in range(3)]])
shifted = ids + torch.tensor([0.0, 5.0, 0.0])
attention = ernie.ErnieImageAttention(query_dim=WIDTH, heads=1, dim_head=WIDTH, bias=False)
embedding = ernie.ErnieImageEmbedND3(WIDTH, 256, AXES)
seen = []


def keep(query, key, value, **others):
    seen.append((query[0, :, 0], key[0, :, 0]))
    return value


with mock.patch.object(ernie, "dispatch_attention_fn", keep), torch.no_grad():
    attention(tokens)
    attention(tokens, image_rotary_emb=embedding(ids))
    attention(tokens, image_rotary_emb=embedding(shifted))
(plain, plain_key), (query, key), (moved, moved_key) = seen
norms = ((query.norm(dim=-1) / plain.norm(dim=-1)) - 1).abs().max().item()
scores = query @ key.T
change = ((moved @ moved_key.T - scores).abs().max() / scores.abs().max()).item()
rotary = flux.FluxPosEmbed(theta=256, axes_dim=list(AXES))


def turned(x, at):
    return flux.apply_rotary_emb(x[None, :, None], rotary(at[0]), sequence_dim=1)[0, :, 0]


usual = turned(plain, ids) @ turned(plain_key, ids).T
usual_change = ((turned(plain, shifted) @ turned(plain_key, shifted).T - usual).abs().max() / usual.abs().max()).item()
print("diffusers", diffusers.__version__)
print(f"ERNIE-Image: norms change by {norms:.2f}, scores after a shift by {change:.2f}; FLUX.1: scores by {usual_change:.1e}")
sys.exit(not (norms > 0.05 and change > 0.05 and usual_change < 1e-4))
PYTHON
