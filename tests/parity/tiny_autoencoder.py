"""Case of the comparison of a tiny decoder with diffusers."""

from tests.parity.numbers import FOLDER

FILE = FOLDER / "tiny_autoencoder.json"
# Channels of the latents, and the stride at which numbers of the image are compared.
LATENT, EVERY = 16, 97
