"""Facts that comfyui-tooling-nodes serve, in whose terms Krita AI Diffusion chooses its models and graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.server.service import Service

# {what the base of a model begins with: name and perhaps type of its architecture}, the longest first.
_ARCHITECTURES = {
    "Stable Diffusion 1": ("sd15", ""),
    "Stable Diffusion 2": ("sd20", ""),
    "Stable Diffusion 3": ("sd3", ""),
    "SDXL Refiner": ("sdxl-refiner", ""),
    "SDXL": ("sdxl", "eps"),
    "FLUX.1 schnell": ("flux-schnell", ""),
    "FLUX.1": ("flux", ""),
    "FLUX.2 Klein 4B": ("flux2", "klein-4b"),
    "FLUX.2 Klein 9B": ("flux2", "klein-9b"),
    "FLUX.2": ("flux2", "dev"),
    "Chroma": ("chroma", ""),
    "Z-Image": ("z-image", ""),
    "Qwen-Image": ("qwen-image", ""),
    "Anima": ("anima", ""),
    "Krea 2": ("krea2", ""),
    "ERNIE-Image": ("ernie-image", ""),
    "Lumina 2": ("lumina2", ""),
}


def model_info(service: Service, folder: str, *, limit: int, offset: int) -> dict[str, Any]:
    """Return the architectures of the models of a folder, at most `limit` from `offset`, or all for 0. Every model is
    in the folder "checkpoints".
    """
    cards = service.models.cards() if folder == "checkpoints" else []
    chosen = cards[offset : offset + limit] if limit else cards[offset:]
    facts: dict[str, Any] = {card.name: _describe(card) for card in chosen}
    if limit:
        facts["_meta"] = {"offset": offset, "count": len(chosen), "total": len(cards)}
    return facts


def _describe(card: ModelCard) -> dict[str, Any]:
    found = next((each for start, each in _ARCHITECTURES.items() if card.base.startswith(start)), None)
    if found is None:
        return {"base_model": "unknown"}
    name, kind = found
    if name == "sdxl" and card.prediction == "v":
        kind = "v-prediction"
    facts = {"base_model": name, "is_inpaint": card.accepts.sees_rest}
    return facts | ({"type": kind} if kind else {})
