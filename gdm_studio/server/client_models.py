"""Models that other programs can use, and requests with their defaults."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.common.errors import BadRequest
from gdm_studio.models.adapters.lookup import tags_without_adapter
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import has_second_pass, total_steps
from gdm_studio.server.client_requests import client_turn
from gdm_studio.server.limits import Limits, NotFoundError
from gdm_studio.studio.model_compatibility import fit_request

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.models.model_library import Library

# Number of models that an error names.
NAMED = 5
# Maximum number of clients whose selected models are remembered.
MAX_CHOICES = 256
# Random seeds are short enough to read aloud.
SEEDS = 10**6


class ClientModels:
    """Thread-safe list of the models that other programs can use, with the model that each of them has selected. By
    default, the `device` of requests is that of the settings.
    """

    def __init__(self, library: Library, limits: Limits, device: str = "") -> None:
        self._library = library
        self._limits = limits
        self._device = device
        self._selecting = threading.Lock()
        # Names of the models that clients have selected, by the clients' turns, the last selection at the end.
        self._selected: OrderedDict[str, str] = OrderedDict()

    def cards(self) -> list[ModelCard]:
        """Return the cards of all models that other programs can use. Refiners are left out, because they cannot
        generate images alone.
        """
        return [card for card in self._library.cards() if not card.accepts.refines]

    def card(self, name: str = "") -> ModelCard:
        """Return the card of a model that clients may use, by default of the one that this client has selected.

        Raises NotFoundError. Unlike `Library.card`, it does not accept paths, so that clients cannot make the server
        open files.
        """
        cards = self.cards()
        wanted = name or self._selected.get(client_turn.get()) or Request().model
        found = next((card for card in cards if wanted in (card.name, card.title)), None)
        if found is None and not name and cards:
            return cards[0]
        if found is None:
            # The name is not repeated, since it may be a path.
            names = [card.name for card in cards]
            others = f" and {len(names) - NAMED} others" if len(names) > NAMED else ""
            raise NotFoundError(f"There is no model of that name; there are: {', '.join(names[:NAMED])}{others}.")
        return found

    def select(self, name: str) -> None:
        """Select the model for later requests of the same client that name no model. Raises NotFoundError."""
        chosen = self.card(name).name
        with self._selecting:
            self._selected[client_turn.get()] = chosen
            self._selected.move_to_end(client_turn.get())
            if len(self._selected) > MAX_CHOICES:
                self._selected.popitem(last=False)

    def create_request(self, card: ModelCard, **given: Any) -> tuple[Request, list[str]]:
        """Create a valid request from a client's settings, with the model's defaults for missing or unsupported values.
        Returns it with the names of the changed settings and the tags of LoRAs that have no effect. Raises BadRequest
        for values out of range.
        """
        default = card.default_request()
        given.setdefault("seed", secrets.randbelow(SEEDS))
        if given.get("sampler", default.sampler) != default.sampler:
            given.setdefault("knobs", {})
        self._limits.check(given)
        wanted = replace(default, **given, model=card.name, device=self._device or preferences.load().device)
        changed = []
        if wanted.size is not None and (size := card.made_size(wanted.size, wanted.tile)) != wanted.size:
            wanted = replace(wanted, size=size)
            changed.append("size")
        if wanted.image and not card.accepts.picture:
            raise BadRequest(f"{card.title or card.name} cannot start from an image; choose another model.")
        request, left_out = fit_request(wanted, card)
        request = card.checked(request)
        self._limits.check({"size": request.size})
        if has_second_pass(request):
            self._limits.check({"size": card.second_pass_size(request), "steps": total_steps(request)})
        return request, changed + left_out + tags_without_adapter(request)
