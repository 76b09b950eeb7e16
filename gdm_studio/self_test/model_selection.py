"""Selection of the model to test, by a model's name or file, or by an adapter's name."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.models.installed.model_table import ModelTableRow, base_of, prompt_text_of
from gdm_studio.models.memory.devices import device_and_dtype
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.self_test.report import Report
from gdm_studio.self_test.self_test import IMAGES, Progress, check_model

LEAST_IMAGES = 4
# Side in pixels of the images for models that work at any size from this one up.
SIDE = 512


def check_named(
    library: Library, name: str, *, images: int | None = None, device: str = "auto", dtype: str = "auto"
) -> Generator[Progress, None, Report]:
    """Run the self-test of the model or adapter with this name, file or title. Yields the progress and returns the
    report. Raises StudioError.

    `images` is the number of images, or None for the default.
    """
    if images is not None and not LEAST_IMAGES <= images <= IMAGES:
        raise BadRequest(f"The number of images must be from {LEAST_IMAGES} to {IMAGES}, not {images}.")
    adapter = _find_adapter(library, name)
    card = _find_model(library, adapter) if adapter else library.card(name)
    request = replace(card.default_request(), model=card.name if adapter else name, device=device, dtype=dtype)
    if card.process == "flow":
        request = replace(request, size=card.near((SIDE, SIDE)))
    request = card.checked(request)
    place, number_type = device_and_dtype(request, card)
    model = load_for_request(library, request, device=place, dtype=number_type)
    report = yield from check_model(
        model, library, request, images=images or 0, adapter=prompt_text_of(adapter) if adapter else ""
    )
    return replace(report, model=adapter.name) if adapter else report


def _find_adapter(library: Library, name: str) -> ModelTableRow | None:
    """Return the table row of the installed adapter with this name, title or file, or None."""
    for line in library.model_table():
        is_named = name in (line.name, line.title) or line.path == Path(name).absolute()
        if is_named and line.card is None and prompt_text_of(line).startswith("<"):
            return line
    return None


def _find_model(library: Library, adapter: ModelTableRow) -> ModelCard:
    """Return the first usable model that is compatible with an adapter, for testing the adapter. Raises ModelError if
    there is none.
    """
    # LoRAs of Icons have no known base. A LoRA of another model is refused when it is applied.
    wanted = {base_of(adapter).casefold(), adapter.made_for.casefold()} - {""} or {BUILT_IN}
    for card in library.cards():
        is_usable = not card.needs and not card.accepts.refines
        if is_usable and wanted & {card.base.casefold(), card.family, card.name.casefold()}:
            return card
    raise ModelError(
        f"There is no model for {adapter.name}; install one of the kind {base_of(adapter) or 'that it was made for'}."
    )
