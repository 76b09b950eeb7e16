"""Networks of `icons` in training, the denoiser and its text encoder, loaded from a run's checkpoint."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gdm_studio.common.errors import StorageError
from gdm_studio.maths import processes
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis, latents_of_prompts
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, FIRST_STYLE
from gdm_studio.networks.icons.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.icons.unet import UNet, UNetConfig
from gdm_studio.networks.layers import channels_last
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.recipe import CHECKPOINT
from gdm_studio.training.table_builders import lexicon, word_table

# The autoencoder's latents have unit variance.
DATA_SCALE = 1.0
# The file of the memorised prototypes, in the folder of a run.
PROTOTYPES = "recall.safetensors"
# The file of the rarer drawings, in the same folder, if there are any.
RARE_PROTOTYPES = "rare.safetensors"
# The range of noise levels.
SIGMA_MIN = 0.01
SIGMA_MAX = 40.0


@dataclass(frozen=True)
class IconsNetworks:
    """Networks of the `icons` model during training: text encoder with tokenizer, U-Net, and prototypes (memorised
    training images).
    """

    tokenizer: Tokenizer
    text: TextEncoder
    unet: UNet
    # The memorised prototypes that complement the draft network. They are not trained.
    prototypes: PrototypeBasis | None = None

    @classmethod
    def new(
        cls, table: Path, styles: Sequence[str], *, network: UNetConfig, prototypes: PrototypeBasis | None = None
    ) -> IconsNetworks:
        """Create untrained networks with the word table in the folder `table`. Raises StorageError if there is none."""
        try:
            vocabulary = json.loads((table / word_table.VOCABULARY).read_text(encoding="utf-8"))
            vectors = load_file(table / word_table.TABLE)
        except OSError as error:
            raise StorageError(f"There is no word table in {table}; create it with  gdm-studio train words") from error
        config = TextConfig(words=len(vectors["table"]), word_width=vectors["table"].shape[1])
        text = TextEncoder(config)
        text.table.copy_(vectors["table"])
        text.table_scale.copy_(vectors["scale"])
        tokenizer = Tokenizer(vocabulary["vocab"], styles, config.length, vocabulary["emoji"], lexicon.read(table))
        return cls(tokenizer, text, channels_last(UNet(network)), prototypes)

    def to(self, device: str | torch.device) -> IconsNetworks:
        return replace(self, text=self.text.to(device), unet=self.unet.to(device))

    @property
    def diffusion(self) -> Diffusion:
        """Diffusion of the latents: EDM's process, with EDM's prediction type for the U-Net."""
        return Diffusion(processes.edm(SIGMA_MIN, SIGMA_MAX), "edm", DATA_SCALE)

    @property
    def device(self) -> torch.device:
        return self.text.special.weight.device

    def parameters(self) -> list[torch.nn.Parameter]:
        return [*self.unet.parameters(), *self.text.parameters()]

    def freeze(self) -> None:
        """Exclude the text encoder and the draft network from further training."""
        self.text.requires_grad_(False)
        if self.unet.sketch is not None:
            self.unet.sketch.requires_grad_(False)

    def trainable_parameters(self) -> list[torch.nn.Parameter]:
        """Return the parameters of all networks that are not frozen."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def denoised(self, x: Tensor, at: NoiseLevel, ids: Tensor) -> Tensor:
        """Predict the clean latents x0 (N, C, h, w) from noisy latents x and the prompt tokens `ids`.

        `at` may be one noise level per sample, (N, 1, 1, 1).
        """
        return self.diffusion.x0(self.network, x, at, *self.conditioning(ids, ids, x))

    def conditioning(
        self,
        ids: Tensor,
        draft_ids: Tensor,
        like: Tensor,
        *,
        carries: bool = True,
        moves: tuple[Tensor, Tensor] | None = None,
    ) -> tuple[Tensor, ...]:
        """Encode prompts as conditioning of the U-Net: text vectors, and the draft latents from which the U-Net starts.

        `ids` (N, L) are the prompt tokens for the U-Net, and `draft_ids` those for the drafts, which have the size of
        `like`. With `carries`, a memorised drawing is converted to a requested style that it lacks; otherwise the U-Net
        has to add the style. `moves` are the numbers (N, M) and shares (N,) by which memorised drawings in the prompt's
        style are interpolated towards similar drawings.
        """
        conditioning: tuple[Tensor, ...] = self.text(ids)
        if (sketch := self.unet.sketch) is None:
            return conditioning
        pooled = conditioning[2] if draft_ids is ids else self.text(draft_ids)[2]
        draft = latents_of_prompts(
            sketch, self.prototypes, draft_ids, pooled, ids[:, 0], like.shape[-2:], carries=carries
        )
        if moves is not None and self.prototypes is not None:
            known, components = (part.to(like.device) for part in self.prototypes.vary_drawings(draft_ids, *moves))
            moved = sketch.from_components(components, like.shape[-2:])
            draft = torch.where(known[:, None, None, None], moved, draft)
        return *conditioning, draft

    def network(self, scaled: Tensor, time: Tensor | float, *cond: Tensor) -> Tensor:
        """Evaluate the U-Net on noisy latents scaled by c_in, and return its raw output F in fp32."""
        c_noise = torch.as_tensor(time, device=scaled.device).flatten().expand(len(scaled))
        with fast_autocast(scaled.device):
            return self.unet(scaled, c_noise, *cond).float()

    def draft(self, cond: tuple[Tensor, Tensor, Tensor], like: Tensor) -> Tensor:
        """Return the draft of each prompt by the draft network: the latents from which the U-Net starts, at the size of
        the latents `like`.

        Without a draft network, the drafts are zeros.
        """
        sketch = self.unet.sketch
        return torch.zeros_like(like) if sketch is None else sketch(cond[2], like.shape[-2:])


def at_sigma(sigma: Tensor) -> NoiseLevel:
    """Convert noise levels sigma (N,) to a `NoiseLevel` with alpha 1, whose shape (N, 1, 1, 1) broadcasts with
    latents.
    """
    return NoiseLevel(1.0, sigma[:, None, None, None])  # type: ignore[arg-type]


def load_averaged(run: Path, table: Path) -> tuple[IconsNetworks, int]:
    """Load the networks of a training run with their averaged weights.

    Returns the model and the number of samples it was trained on. Raises StorageError if there is no checkpoint.
    """
    state = load_checkpoint(run / CHECKPOINT)
    if state is None or not state.get("ema"):
        raise StorageError(
            f"There is no checkpoint of a denoiser in {run}; train one with  gdm-studio train icons --out {run}"
        )
    model = IconsNetworks.new(
        table, state["styles"], network=UNetConfig(**state["network"]), prototypes=load_prototypes(run)
    )
    with torch.no_grad():
        for parameter, average in zip(model.parameters(), state["ema"], strict=True):
            parameter.copy_(average)
    return model, state["seen"] + state.get("before", 0)


def save_averaged(run: Path, model: IconsNetworks, seen: int) -> None:
    """Save networks in a folder as a training run that `load_averaged` loads. `seen` is the number of samples they were
    trained on. There is no optimizer state.

    Raises StorageError.
    """
    state = {
        "ema": [parameter.detach() for parameter in model.parameters()],
        "styles": list(model.tokenizer.styles),
        "network": asdict(model.unet.config),
        "seen": seen,
    }
    save_checkpoint(run / CHECKPOINT, state)


def load_prototypes(run: Path) -> PrototypeBasis | None:
    """Load the prototypes (memorised training images) of a training run, or return None if it has none.

    Raises StorageError for a damaged file.
    """
    path = run / PROTOTYPES
    try:
        return PrototypeBasis.read(path) if path.exists() else None
    except (SafetensorError, LookupError, TypeError, ValueError, OSError) as error:
        raise StorageError(f"{path} is damaged; create it again with  gdm-studio train recall  or  drafts") from error


@torch.no_grad()
def copy_weights(earlier: IconsNetworks, model: IconsNetworks) -> None:
    """Copy the weights of an earlier model to a new one, which may have other styles.

    A style that `earlier` lacks is initialised with its "any style" token. A draft network of another size is not
    copied.
    """
    special = model.text.special.weight.clone()
    weights = earlier.unet.state_dict()
    if _get_draft_size(model) != _get_draft_size(earlier):
        weights = _drop_draft_network(earlier.unet)
    model.unet.load_state_dict(weights, strict=len(weights) == len(earlier.unet.state_dict()))
    model.text.load_state_dict(earlier.text.state_dict())
    known = earlier.text.special.weight
    special[:FIRST_STYLE] = known[:FIRST_STYLE]
    for style, place in model.tokenizer.styles.items():
        special[place] = known[earlier.tokenizer.styles.get(style, ANY_STYLE)]
    model.text.special.weight.copy_(special)


def with_other_draft_network(unet: UNet, config: UNetConfig) -> UNet:
    """Create a U-Net with the weights of `unet` and an untrained draft network, both of the sizes in `config`."""
    changed = UNet(config)
    changed.load_state_dict(_drop_draft_network(unet), strict=False)
    return changed


def _drop_draft_network(unet: UNet) -> dict[str, Tensor]:
    return {name: weight for name, weight in unet.state_dict().items() if not name.startswith("sketch.")}


def _get_draft_size(model: IconsNetworks) -> tuple[int, int]:
    config = model.unet.config
    return config.sketch, config.components
