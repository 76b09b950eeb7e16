#!/bin/sh
# diffusers 0.42.1: ChromaPipeline gives its transformer a mask of the prompt's tokens in the floating-point type of the
# embeddings, 1 for a token and 0 for padding. scaled_dot_product_attention masks with booleans only and adds numbers to
# the logits, so padding is attended to with 1/e of its weight. Seen, with the mask that the pipeline makes, for
# predictions of up to 4.14: other padding changes them by 0.061, other words by 0.158; with the same mask as booleans,
# other padding changes nothing; and the predictions with the two masks differ by 0.302. Exits with 1 if a later version
# behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 transformers==5.24.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import diffusers
import torch

WORDS, PADDING, IMAGE = 3, 5, 16
torch.manual_seed(0)
transformer = diffusers.ChromaTransformer2DModel(
    in_channels=4,
    num_layers=1,
    num_single_layers=1,
    attention_head_dim=16,
    num_attention_heads=2,
    joint_attention_dim=32,
    axes_dims_rope=(4, 4, 8),
    approximator_hidden_dim=32,
    approximator_layers=1,
)
for parameter in transformer.parameters():
    torch.nn.init.normal_(parameter, std=0.2)
pipeline = diffusers.ChromaPipeline.__new__(diffusers.ChromaPipeline)
# As ChromaPipeline._get_t5_prompt_embeds makes it.
of_prompt = (torch.arange(WORDS + PADDING)[None] < WORDS).to(torch.float32)
mask = pipeline._prepare_attention_mask(1, IMAGE, dtype=torch.float32, attention_mask=of_prompt)
image, prompt = torch.randn(1, IMAGE, 4), torch.randn(1, WORDS + PADDING, 32)
other_padding, other_words = prompt.clone(), prompt.clone()
other_padding[:, WORDS:] = torch.randn(1, PADDING, 32)
other_words[:, :WORDS] = torch.randn(1, WORDS, 32)
image_ids, text_ids = torch.zeros(IMAGE, 3), torch.zeros(WORDS + PADDING, 3)
image_ids[:, 1:] = torch.cartesian_prod(torch.arange(4.0), torch.arange(4.0))


def predict(embeddings, mask):
    with torch.no_grad():
        return transformer(
            hidden_states=image,
            encoder_hidden_states=embeddings,
            timestep=torch.tensor([0.5]),
            img_ids=image_ids,
            txt_ids=text_ids,
            attention_mask=mask,
            return_dict=False,
        )[0]


def difference(one, other):
    return (one - other).abs().max().item()


added, masked = predict(prompt, mask), predict(prompt, mask.bool())
by_padding = difference(added, predict(other_padding, mask))
by_padding_masked = difference(masked, predict(other_padding, mask.bool()))
by_words = difference(added, predict(other_words, mask))
print("diffusers", diffusers.__version__, "torch", torch.__version__)
print(f"the mask has the type {mask.dtype}; the largest prediction is {added.abs().max().item():.2f}")
print(f"other padding: {by_padding:.3f} with this mask, {by_padding_masked:.3f} with booleans; other words: {by_words:.3f}")
print(f"between the two masks: {difference(added, masked):.3f}")
sys.exit(not (mask.is_floating_point() and by_padding > 0.05 and by_padding_masked < 1e-5))
PYTHON
