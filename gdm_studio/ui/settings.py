"""The controls and what stands behind them: the models there are, the chosen one's noise curve, the next seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path as File
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.maths.path import Path
from gdm_studio.models.card import Example, ModelCard
from gdm_studio.models.process import process_of, start_of
from gdm_studio.request import Branch, Request
from gdm_studio.ui import menus, warm
from gdm_studio.ui.fast import apart, fast_version, full_version, with_pace_of
from gdm_studio.ui.steps.changes import branched
from gdm_studio.ui.widgets import Choice

if TYPE_CHECKING:
    from gdm_studio.maths.processes import Process
    from gdm_studio.models.library import Library
    from gdm_studio.ui.controls import Controls
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.pages.models_page import ModelsPage

NO_MODEL = "There is no model yet. Put a model's folder into the models folder (Models page), then start again."
ALL = "all"  # as engine.devices has it, which is not to be imported here
PROMPT = "a cheerful red fox with a fluffy tail"


class Settings:
    """Turns the controls into requests and requests into controls."""

    def __init__(self, controls: Controls, library: Library, lane: Lane) -> None:
        self._controls, self._library, self._lane = controls, library, lane
        self._models: ModelsPage | None = None
        self._cards: list[ModelCard] = []
        self._process: Process | None = None  # of the chosen model
        self._curve_held = False  # it belongs to a run
        self.unhurried: Request | None = None  # what the controls said before Fast, to go back to
        self.departure: Branch | None = None  # what the next pictures are branches of, where they are
        self.on_use: Callable[[], object] = lambda: None  # called before the settings of a picture are taken
        self._seed_given = True  # the seed shown was chosen by people or belongs to a picture: use it once
        controls.changed.connect(self.draw_path)
        controls.seed.changed.connect(self._on_seed)

    @property
    def card(self) -> ModelCard | None:
        """The chosen model's card."""
        name = self._controls.request().model
        return next((card for card in self._cards if card.name == name), None)

    @property
    def process(self) -> Process | None:
        """The chosen model's forward process; None where there is no model that can be read."""
        return self._process

    def path(self) -> Path:
        """The points of noise that the controls' steps visit; raises BadRequest where there are none."""
        card, request = self.card, self._controls.request()
        if card is None or self._process is None:
            return ()
        return card.points(self._process, request.spacing, request.steps)

    def card_for(self, request: Request) -> ModelCard | None:
        """That of its model where it is here, else the chosen one."""
        return next((card for card in self._cards if card.name == request.model), None) or self.card

    def inverting(self, image: str) -> Request:
        """What the controls say, for finding all of the noise of the kept picture `image`."""
        now = self._controls.request()
        return replace(now, image=image, mask="", strength=1.0, inverted=False, count=1)

    def is_fast(self) -> bool:
        """Whether the chosen model is the quicker version of another."""
        return self.card is not None and bool(self.card.fast_of)

    def set_fast(self, on: bool) -> bool:
        """Turns to the quicker version of the model or back, each with its own pace; False where there is none.

        What is drawn stays as it is: prompt, style, seed, number. Its weights are for `load_model` to fetch.
        """
        card, now = self.card, self._controls.request()
        wanted = card and (fast_version if on else full_version)(card, self._cards)
        if card is None or wanted is None or wanted is card:
            return False
        before = None if on else self.unhurried
        self.unhurried = now if on else None
        self._take_card(wanted)
        if before is None or before.model != wanted.name:
            before = self._controls.request()  # the defaults of its card
        self._controls.set_request(fitted(with_pace_of(now, before), wanted)[0])
        return True

    def open(self, remembered: Request | None) -> None:
        """Fills the controls: as they were left, or for a first run with an example of the newest model."""
        self._cards = self._library.cards()
        self._controls.set_models(apart(self._cards))
        self._controls.button.set_available(bool(self._cards), "" if self._cards else NO_MODEL)
        if not self._cards:
            self._controls.prompt.set_text(remembered.prompt if remembered else PROMPT)
            return
        if remembered is not None:
            self.show_devices([remembered.device])  # until those there are are known
        wanted = remembered.model if remembered else Request().model
        card = next((card for card in self._cards if card.name == wanted), self._cards[0])
        self._take_card(card)
        if remembered is not None:
            self._controls.set_request(fitted(remembered, card)[0])
            self._seed_given = False
        else:
            self._controls.seed.roll()
            self._controls.set_example(next(iter(card.examples), Example(PROMPT, seed=self._controls.seed.seed())))

    def serve(self, models: ModelsPage) -> None:
        """Shows the models on their page too."""
        self._models = models
        models.set_held(self._library.held())
        models.set_refused([one.reason for one in self._library.refused()])
        if self.card is not None:
            models.set_current(self.card.name)

    async def choose_model(self, name: str) -> None:
        """Turns to another model: its styles, sizes and defaults now, its weights once no run is under way."""
        card = next((card for card in self._cards if card.name == name), None)
        if card is not None:
            self._take_card(card)
            await self.load_model()

    def begin_anew(self, path: File) -> None:
        """Takes the defaults of the chosen model again, where it is the one at that path: they are others now."""
        if (card := self.card) is not None and card.path == path:
            self._take_card(card)

    async def load_model(self) -> None:
        """Has the lane load the chosen model; raises what that fails with."""
        if not self._cards:
            raise ModelError(NO_MODEL)
        request = self._controls.request()
        await self._lane.ask(lambda: warm.load_model(self._library, request), between_jobs=True)

    def hold_seed(self) -> None:
        """The next run takes the seed that is shown, locked or not."""
        self._seed_given = True

    def show_devices(self, names: Sequence[str]) -> None:
        """Offers these devices; the chosen one stays chosen where it is among them."""
        found = [Choice(name, words) for name, words in offered(names) if name != "auto"]
        self._controls.set_devices([Choice("auto", "Automatic"), *found])

    def next_request(self) -> Request:
        """What the controls say, for the next run: with a new seed, unless it is locked or was just chosen.

        A branch keeps the seed of what it leaves, unless people change it.
        """
        if self.departure is not None:
            return branched(self.departure.parent, self.departure.step, self._controls.request())
        if not self._controls.seed.is_locked() and not self._seed_given:
            self._controls.seed.roll()
        self._seed_given = False
        return self._controls.request()

    def use(self, request: Request) -> list[str]:
        """Sets everything to make the picture of `request` again; says what could not be set, in words."""
        self.on_use()
        card = self.card_for(request)
        if card is None:
            return ["model"]
        fitting, left_out = fitted(request, card)
        now = self._controls.request()  # where it runs is this machine's affair, not the picture's
        if card is not self.card:
            self._take_card(card)
        self._controls.set_request(replace(fitting, device=now.device, batch=now.batch))
        self._seed_given = True
        self.draw_path()
        return left_out

    def left_out(self, request: Request) -> list[str]:
        """What `use` could not set of it, in its words."""
        card = self.card_for(request)
        return ["model"] if card is None else fitted(request, card)[1]

    def draw_path(self) -> None:
        """Shows where the steps of the chosen spacing lie on the model's curve, unless a run shows its own."""
        if self._process is None or self._curve_held:
            return
        request = self._controls.request()
        try:
            path = self.path()
        except BadRequest:
            path = ()
        first = start_of(self._process, path, request.strength) if request.image and path else 0
        if self.departure is not None:
            first = self.departure.step
        self._controls.set_path(path, first)

    def hold_curve(self, held: bool) -> None:
        """Leaves the curve to a run; afterwards it stays the run's until a setting is changed."""
        self._curve_held = held

    def _take_card(self, card: ModelCard) -> None:
        self._process = None
        self._controls.set_model(card)
        self._process = process_of(card)
        self.draw_path()
        self._controls.modes.show_fast(fast_version(card, self._cards) is not None, bool(card.fast_of))
        if self._models is not None:
            self._models.set_current(card.name)

    def _on_seed(self, seed: int) -> None:
        self._seed_given = True


def fitted(request: Request, card: ModelCard) -> tuple[Request, list[str]]:
    """`request` as far as the model of `card` can carry it out, and the names of the settings that had to go."""
    left_out = []
    if request.model != card.name:
        request = replace(request, model=card.name)
        left_out.append("model")
    if request.style and request.style not in {style.id for style in card.styles}:
        request = replace(request, style="")
        left_out.append("style")
    if request.size is not None and not card.makes(request.size):
        request = replace(request, size=None)
        left_out.append("size")
    if menus.sampler_refused(request.sampler, card):
        request = replace(request, sampler=menus.defaults_of(card).sampler, knobs={})
        left_out.append("scheduler")
    if menus.spacing_refused(request.spacing, card):
        request = replace(request, spacing=menus.defaults_of(card).spacing)
        left_out.append("spacing")
    if request.image and not card.accepts.picture:
        request = replace(request, image="", mask="")
        left_out.append("start picture")
    if request.negative_prompt and not card.accepts.negative:
        request = replace(request, negative_prompt="")
        left_out.append("negative prompt")
    if request.label and request.label not in card.accepts.labels:
        request = replace(request, label="")
        left_out.append("class")
    if not {knob.name for knob in card.accepts.factors}.issuperset(request.factors):
        request = replace(request, factors={})
        left_out.append("numbers beside the prompt")
    if request.vae and not card.accepts.vae:
        request = replace(request, vae="")
        left_out.append("VAE")
    if request.refiner and not card.accepts.refiner:
        request = replace(request, refiner="")
        left_out.append("refiner")
    if not {hint.kind for hint in request.hints}.issubset(card.accepts.hints):
        request = replace(request, hints=())
        left_out.append("pictures to follow")
    if request.branch is not None:
        request = replace(request, branch=None)
        left_out.append("branch")
    return request, left_out


def offered(names: Sequence[str]) -> list[tuple[str, str]]:
    """These devices by their names and in words; all of them too, where there are several beside the CPU."""
    found = [(name, device_words(name)) for name in names]
    return [*found, (ALL, device_words(ALL))] if len(set(names) - {"auto", "cpu", ALL}) > 1 else found


def device_words(name: str) -> str:
    """A device by its name, for people; or several."""
    if name == ALL:
        return "All devices"
    if "," in name:
        return " + ".join(map(device_words, name.split(",")))
    kind, _, number = name.partition(":")
    title = kind.upper()
    return f"{title} {number}" if number and number != "0" else title
