"""Reference output of diffusers' AutoencoderTiny with 16 latent channels, as for FLUX.1, in fp64.

    pip install .[parity] && python -m tests.parity.by_tiny_autoencoder

writes tests/data/parity/tiny_autoencoder.json: the shapes of the decoder's weights, and some numbers of an image.
"""

from __future__ import annotations

import json
from importlib.metadata import version

import diffusers
import torch

from tests.parity.tiny_autoencoder import EVERY, FILE, LATENT
from tests.parity.weights import inputs, weights


@torch.no_grad()
def main() -> None:
    network = diffusers.AutoencoderTiny(latent_channels=LATENT).double().eval()
    shapes = {f"decoder.{name}": tuple(weight.shape) for name, weight in network.decoder.state_dict().items()}
    network.load_state_dict(weights(shapes), strict=False)
    answer = network.decode(2 * inputs("tiny latents", 1, LATENT, 6, 8)).sample.flatten()[::EVERY]
    about = {"versions": {name: version(name) for name in ("diffusers", "torch")}, "shapes": shapes}
    FILE.write_text(json.dumps(about | {"answer": answer.tolist()}, separators=(",", ":")), "utf-8")


if __name__ == "__main__":
    main()
