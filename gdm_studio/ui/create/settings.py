"""The controls and what stands behind them: the models there are, the chosen one's noise curve, the next seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest, ModelError, StudioError
from gdm_studio.maths.path import Path
from gdm_studio.models.card import Example, ModelCard
from gdm_studio.models.process import process_of, start_of
from gdm_studio.request import Branch, Request, Role, alike
from gdm_studio.studio.fitting import differing, fitted, standing
from gdm_studio.ui import warm
from gdm_studio.ui.create.fast import apart, fast_version, full_version, with_pace_of
from gdm_studio.ui.widgets import Choice

if TYPE_CHECKING:
    from gdm_studio.maths.processes import Process
    from gdm_studio.models.library import Library
    from gdm_studio.ui.create.panel.controls import Controls
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.models.page import ModelsPage

NO_MODEL = "There is no model yet. Put a model's folder into the models folder (Models page), then start again."
ALL = "all"  # as engine.devices has it, which is not to be imported here
TAKEN_OVER = "Settings taken over"
PROMPT = "a cheerful red fox with a fluffy tail"


class Settings:
    """Turns the controls into requests and requests into controls."""

    def __init__(self, controls: Controls, library: Library, lane: Lane) -> None:
        self._controls, self._library, self._lane = controls, library, lane
        self._draft = controls.draft
        self._models: ModelsPage | None = None
        self._cards: list[ModelCard] = []
        self._parts: dict[str, list[str]] = {}  # of other models that some take, by the setting that names one
        self._process: Process | None = None  # of the chosen model
        self._curve_held = False  # it belongs to a run
        self.unhurried: Request | None = None  # what the controls said before Fast, to go back to
        self.on_use: Callable[[], object] = lambda: None  # called before a picture's settings are taken, or given back
        controls.changed.connect(self.draw_path)

    @property
    def card(self) -> ModelCard | None:
        """The chosen model's card."""
        name = self._controls.request().model
        return next((card for card in self._cards if card.name == name), None)

    @property
    def usual(self) -> Request | None:
        """What the chosen model begins with."""
        return usual_of(self.card) if self.card is not None else None

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
        card, now = self.card, self._draft.written
        wanted = card and (fast_version if on else full_version)(card, self._cards)
        if card is None or wanted is None or wanted is card:
            return False
        before = None if on else self.unhurried
        self.unhurried = now if on else None
        self._take_card(wanted)
        if before is None or before.model != wanted.name:
            before = self._draft.written  # the defaults of its card, or as it was left
        self._controls.set_request(standing(with_pace_of(now, before), wanted, self._parts))
        return True

    def open(self, remembered: Request | None, before: Request | None = None) -> None:
        """Fills the controls: as they were left, or for a first run with an example of the newest model.

        What the model begins with otherwise than `before`, then, becomes so, as in a window that is open.
        """
        self._show_models()
        if not self._cards:
            self._draft.take(remembered or replace(self._draft.written, prompt=PROMPT))
            return
        if remembered is not None:
            self.show_devices([remembered.device])  # until those there are are known
        wanted = remembered.model if remembered else Request().model
        card = next((card for card in self._cards if card.name == wanted), self._cards[0])
        self._take_card(card)
        if remembered is not None:
            now = usual_of(card)
            chosen = differing(before, now) if before is not None and before.model == now.model else {}
            chosen |= {"knobs": now.knobs} if "sampler" in chosen else {}
            self._controls.set_request(standing(replace(remembered, **chosen), card, self._parts))
            self._draft.hold_seed(False)
        else:
            self._draft.roll()
            self._controls.set_example(next(iter(card.examples), Example(PROMPT, seed=self._draft["seed"])))

    def look_again(self) -> None:
        """Shows the models that there are now. What the chosen one begins with otherwise than before becomes so, and
        all else stays as it is; so does a seed that was chosen.
        """
        if not self._cards:
            self.open(self._draft.written)
            return
        before = self._draft.written
        self._show_models()
        card = self.card_for(before) or next(iter(self._cards), None)
        if card is not None:
            self._take_card(card)
            now = replace(self._draft.written, size=before.size)
            self._controls.set_request(standing(now, card, self._parts))

    def _show_models(self) -> None:
        self._cards = self._library.cards()
        vaes = [line.name for line in self._library.held() if line.family == "VAE"]
        self._parts = {"vae": vaes, "refiner": [card.name for card in self._cards if card.accepts.refines]}
        self._controls.set_models(apart(self._cards), self._parts)
        self._controls.button.set_available(bool(self._cards), "" if self._cards else NO_MODEL)

    def serve(self, models: ModelsPage) -> None:
        """Shows the models on their page too."""
        self._models = models
        models.set_held(lines := self._library.held())
        listed = {line.path for line in lines}  # some of them with the reason
        models.set_refused([one.reason for one in self._library.refused() if one.path not in listed])
        if self.card is not None:
            models.set_current(self.card.name)

    async def choose_model(self, name: str, wish: Request | None = None) -> None:
        """Turns to another model: its styles, sizes and defaults now, its weights once no run is under way.

        What a `wish` has otherwise than its defaults is set as well.
        """
        card = next((card for card in self._cards if card.name == name), None)
        if card is not None:
            self._take_card(card)
            if wish is not None:
                self._draft.reset()
                self._draft.change(**differing(card.usual(), wish))
            self._controls.set_request(standing(self._draft.written, card, self._parts))  # a part of it may be gone
            await self.load_model()

    async def load_model(self) -> None:
        """Has the lane load the chosen model; raises what that fails with while it is still the chosen one."""
        if not self._cards:
            raise ModelError(NO_MODEL)
        request = self._controls.request()
        try:
            await self._lane.ask(lambda: warm.load_model(self._library, request), between_jobs=True)
        except StudioError:
            if alike(request, self._controls.request(), Role.LOADED):
                raise

    def show_devices(self, names: Sequence[str]) -> None:
        """Offers these devices; the chosen one stays chosen where it is among them."""
        found = [Choice(name, words) for name, words in offered(names) if name != "auto"]
        self._controls.set_devices([Choice("auto", "Automatic"), *found])

    def next_request(self) -> Request:
        """What the controls say, for the next run, as Draft has it."""
        return self._draft.next_request()

    def use(self, request: Request) -> list[str]:
        """Sets everything to make the picture of `request` again; says what could not be set, in words."""
        self.on_use()
        card = self.card_for(request)
        if card is None:
            return ["model"]
        fitting, left_out = self.fitting(request, card)
        now = self._controls.request()  # where it runs is this machine's affair, not the picture's
        if card is not self.card:
            self._take_card(card)
        here = replace(fitting, device=now.device, batch=now.batch)
        self._controls.set_request(replace(here, attention=now.attention))
        self._controls.show_what_is_set()
        self._draft.hold_seed()
        self.draw_path()
        return left_out

    def back_to(self, before: Request, branch: Branch | None = None) -> Callable[[], object]:
        """What sets all that is otherwise now than `before` as it was then; what people change until then stays.

        `branch` is left where it was begun by the same act.
        """
        after = self._draft.written

        def back() -> None:
            now = self._draft.written
            stays = differing(after, now)
            changes = {name: was for name, was in differing(after, before).items() if name not in stays}
            wanted = replace(now, **changes)
            if branch is not None and branch is self._draft.departure:
                self.on_use()
            if (card := self.card_for(wanted)) is not None:
                if card is not self.card:
                    self._take_card(card)
                self._controls.set_request(standing(wanted, card, self._parts))
                if "seed" in changes:
                    self._draft.hold_seed()
                self._controls.changed.emit()

        return back

    def left_out(self, request: Request) -> list[str]:
        """What `use` could not set of it, in its words."""
        card = self.card_for(request)
        return ["model"] if card is None else self.fitting(request, card)[1]

    def fitting(self, request: Request, card: ModelCard) -> tuple[Request, list[str]]:
        """`request` as far as that model and the parts that are here can carry it out, and what had to go, in words."""
        return fitted(request, card, self._parts)

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
        if self._draft.departure is not None:
            first = self._draft.departure.step
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


def usual_of(card: ModelCard) -> Request:
    """What that model begins with."""
    return replace(card.usual(), model=card.name)


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
