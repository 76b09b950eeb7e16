#!/bin/sh
# diffusers 0.42.1 with transformers 5.24.0: Qwen-Image-Edit's pipelines give the tokens of images the positions of a
# text. transformers 5 places them in rows and columns only if it gets `mm_token_type_ids`, which the processor returns
# and the pipelines do not pass on; transformers 4 read them off the ids. No warning is shown, and the prompt is encoded
# otherwise than in training. Seen: with the ids alone, the last token of the 22 is at position 21 on all axes; with the
# types it is at 9, since an image of 4 x 4 tokens takes 4 positions. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch diffusers==0.42.1 transformers==5.24.0
"$folder/venv/bin/python" - <<'PYTHON'
import inspect
import sys

import diffusers
import torch
import transformers
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

IMAGE = 90
config = Qwen2_5_VLConfig(
    text_config=dict(
        vocab_size=99, hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1,
        rope_parameters=dict(rope_type="default", rope_theta=1e6, mrope_section=[2, 3, 3]),
    ),
    vision_config=dict(depth=1, hidden_size=32, num_heads=2, intermediate_size=32, out_hidden_size=32),
    image_token_id=IMAGE,
)
model = Qwen2_5_VLForConditionalGeneration(config).eval()
ids = torch.tensor([[1, 2, 3, *[IMAGE] * 16, 4, 5, 6]])
seen = []
rotary = model.model.language_model.rotary_emb
rotary.register_forward_pre_hook(lambda _, given, more: seen.append(more.get("position_ids", given[-1])), with_kwargs=True)
pixels = dict(pixel_values=torch.randn(64, 3 * 2 * 14 * 14), image_grid_thw=torch.tensor([[1, 8, 8]]))
with torch.no_grad():
    model(input_ids=ids, **pixels)
    model(input_ids=ids, mm_token_type_ids=(ids == IMAGE).int(), **pixels)
last = [positions[..., -1].flatten().unique().tolist() for positions in seen]
passed = "mm_token_type_ids" in inspect.getsource(pipeline_qwenimage_edit_plus)
print("diffusers", diffusers.__version__, "transformers", transformers.__version__)
print("position of the last token with the ids alone, and with their types:", *last)
print("the pipeline passes the types:", passed)
sys.exit(last != [[21], [9]] or passed)
PYTHON
