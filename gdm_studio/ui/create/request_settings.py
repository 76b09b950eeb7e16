"""Settings of the next generation request: conversion between the settings panel and requests, and the choice of a
model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gdm_studio.common.errors import BadRequest, ModelError, StudioError
from gdm_studio.models.installed.saved_model_list import ModelListing, listing_of
from gdm_studio.models.model_card import Example, ModelCard, fast_version
from gdm_studio.request.generation_request import SETTINGS, Branch, Request, Role, same_settings
from gdm_studio.studio.model_compatibility import (
    Parts,
    changed_fields,
    fields_to_restore,
    fields_without_effect,
    fit_fields,
    fit_request,
    values_outside,
)
from gdm_studio.ui.translation import sentence_text, translate
from gdm_studio.ui.undo_stack import NothingLeft
from gdm_studio.ui.widgets import Choice

if TYPE_CHECKING:
    from gdm_studio.maths.noise_path import NoisePath
    from gdm_studio.maths.processes import Process
    from gdm_studio.models.model_library import Library
    from gdm_studio.ui.create.panel.settings_panel import Controls
    from gdm_studio.ui.models.page import ModelsPage
    from gdm_studio.ui.worker_thread import WorkerThread

# Prompt of the first start if the model has no examples.
PROMPT = "a cheerful red fox with a fluffy tail"
# Device that stands for the best one.
AUTOMATIC = "auto"


@dataclass(frozen=True)
class _PendingSettings:
    """Settings of the last session that cannot be applied yet, because their model or VAE has not been found on disk.

    `shown` are the settings that the controls show in the meantime, and `defaults` the model's defaults when the
    settings were saved.
    """

    request: Request
    defaults: Request | None
    shown: Request

    def with_edits(self, current: Request) -> Request:
        """Return the restored settings, updated with the changes that the user has made in the settings panel in the
        meantime.
        """
        return replace(self.request, **changed_fields(self.shown, current))


class RequestSettings(QObject):
    """Controller that converts the settings panel to generation requests and back, and selects and loads the model."""

    # Emitted before the settings of an image are applied, and before that is undone.
    replacing = Signal()
    # Emitted with the name of the model that was chosen.
    model_chosen = Signal(str)

    def __init__(
        self,
        controls: Controls,
        library: Library | None = None,
        worker: WorkerThread | None = None,
        *,
        listing: ModelListing | None = None,
    ) -> None:
        """Create the controller for a library, or for a saved list of its models until `use_library` is called."""
        super().__init__(controls)
        self._controls = controls
        self._library = library
        self._worker = worker
        self._request_draft = controls.request_draft
        self._listing = listing or ModelListing()
        self._cards: list[ModelCard] = []
        # Forward process of the selected model, once it is needed.
        self._process: Process | None = None
        # True while the panel changes to another model, whose process does not suit the settings yet.
        self._is_changing_model = False
        # True if a running job shows its own steps on the noise curve.
        self._is_curve_locked = False
        # Number of models that are being loaded.
        self._load_count = 0
        # Restored settings whose model the first scan of the folders may find.
        self._pending: _PendingSettings | None = None
        self._is_scanned = False
        # True if Live mode and boards use the fast version of a model.
        self.uses_fast_drafts = True
        # Settings before the fast version was selected, to restore with the full model.
        self.before_fast: Request | None = None
        controls.changed.connect(self.draw_path)

    def use_library(self, library: Library, worker: WorkerThread) -> None:
        """Set the library whose models the panel offers from now on, and the thread that loads them."""
        self._library = library
        self._worker = worker
        self.draw_path()

    @property
    def card(self) -> ModelCard | None:
        """Description (card) of the selected model, or None if no model is installed."""
        name = self._controls.request().model
        return next((card for card in self._cards if card.name == name), None)

    @property
    def defaults(self) -> Request | None:
        """Generation request with the selected model's default settings, or None if no model is installed."""
        return defaults_of(self.card) if self.card is not None else None

    @property
    def process(self) -> Process | None:
        """Forward (noising) process of the current settings. None if no readable model is selected."""
        return self.process_for(self._controls.request())

    def process_for(self, request: Request) -> Process | None:
        """Return the forward (noising) process for a request with the selected model.

        Returns None if no readable model is selected. A diffusion transformer's process depends on the image size and
        the number of steps.
        """
        card = self.card
        if card is None or self._is_changing_model:
            return None
        # It is imported here, because the first paint needs no process.
        from gdm_studio.models.forward_process import forward_process

        if card.shift:
            return forward_process(card.for_request(request))
        self._process = self._process or forward_process(card)
        return self._process

    def path(self) -> NoisePath:
        """Return the noise levels of a run with the current settings, from the first step to the last. The result is ()
        if no model is selected.

        Raises BadRequest if the settings are invalid.
        """
        card, request = self.card, self._controls.request()
        process = self.process_for(request)
        if card is None or process is None:
            return ()
        return card.points(process, request.spacing, request.steps)

    def card_for(self, request: Request) -> ModelCard | None:
        """Return the card (description) of the model that a request names. If it is not installed, return the selected
        model's card.
        """
        return next((card for card in self._cards if card.name == request.model), None) or self.card

    def inversion_request(self, image: str) -> Request:
        """Return a request that inverts the stored image `image` to its noise with the current settings."""
        current = self._controls.request()
        return replace(current, image=image, mask="", image_prompt="", strength=1.0, inverted=False, count=1)

    def is_fast(self) -> bool:
        """Return whether the selected model is the fast (distilled) version of another model."""
        return self.card is not None and bool(self.card.fast_of)

    def is_waiting(self) -> bool:
        """Return True while the last session's settings are waiting for a model or VAE that the scan of the folders has
        not found yet.
        """
        return self._pending_settings() is not None

    def stop_waiting(self) -> bool:
        """Finish restoring the last session's settings after the model folders have been scanned.

        If the model was found, select it, apply the restored settings without missing VAEs and refiners, and return
        True.
        """
        self._is_scanned = True
        pending = self._pending_settings()
        self._pending = None
        if pending is None or all(card.name != pending.request.model for card in self._cards):
            return False
        self.open(pending.with_edits(self._request_draft.written), pending.defaults)
        return True

    def _is_installed(self, request: Request) -> bool:
        """Return whether a request's model and its parts, such as the VAE, are installed."""
        card = next((card for card in self._cards if card.name == request.model), None)
        if card is None:
            return False
        among = self._parts(card)
        return all(not (name := getattr(request, of)) or name in among[of] for of in among)

    def settings_to_save(self) -> tuple[Request, Request | None]:
        """Return the settings to save for the next session, and the current defaults of their model."""
        if (pending := self._pending_settings()) is not None:
            return pending.with_edits(self._request_draft.written), pending.defaults
        return self._request_draft.written, self.defaults

    def _pending_settings(self) -> _PendingSettings | None:
        """Return the last session's settings that wait for their model or VAE. Returns None if there are none or the
        user has selected another model.
        """
        if self._pending is not None and self._pending.shown.model == self._request_draft.written.model:
            return self._pending
        return None

    def fast_request(self, request: Request) -> Request:
        """Convert `request` to the fast version of its model, with that version's default settings.

        Returns `request` itself if the preference is off, no fast version supports the request, or the user has changed
        a setting that the fast version defines.
        """
        card = next((card for card in self._cards if card.name == request.model), None)
        fast = fast_version(card, self._cards) if card is not None and not card.fast_of else None
        if not self.uses_fast_drafts or card is None or fast is None or request.branch is not None:
            return request
        if request.with_settings(defaults_of(card), Role.MODEL_DEFAULT) != request:
            return request
        wanted, left_out = self.fit(with_model_defaults_of(request, defaults_of(fast)), fast)
        return request if left_out else wanted

    def fast_note(self, request: Request) -> str:
        """Return a note for the user if the selected model's fast version will generate this request, else ""."""
        card = next((card for card in self._cards if card.name == request.model), None)
        if card is None or self.card is None or card.fast_of != self.card.name:
            return ""
        from gdm_studio.ui.setting_texts import count_of_steps

        return translate("Settings", "Quick version ({model}, {steps})").format(
            model=card.title or card.name, steps=count_of_steps(request.steps)
        )

    def set_fast(self, on: bool) -> bool:
        """Switch to the selected model's fast version or back to the full model. Return False if there is none.

        Prompt, style, seed and count are unchanged. Steps, sampler and related settings become the fast version's
        defaults, or the values last used with the full model. Call `load_model` next to load its weights.
        """
        card = self.card
        current = self._request_draft.written
        find = fast_version if on else full_version
        target = find(card, self._cards) if card is not None else None
        if card is None or target is None or target is card:
            return False
        self._pending = None
        before = None if on else self.before_fast
        self.before_fast = current if on else None
        self._set_card(target)
        if before is None or before.model != target.name:
            # The written settings are the defaults of the new model, or its settings from when it was last selected.
            before = self._request_draft.written
        self._controls.set_request(fit_fields(with_model_defaults_of(current, before), target, self._parts(target)))
        return True

    def open(self, remembered: Request | None, before: Request | None = None) -> None:
        """Fill the settings panel with the last session's settings or, on the first start, with an example prompt.

        `before` contains the model's defaults when the settings were saved. Defaults that have changed since are
        applied.
        """
        self._show_models()
        if not self._cards:
            self._request_draft.take(remembered or replace(self._request_draft.written, prompt=PROMPT))
            return
        if remembered is not None and remembered.device != AUTOMATIC:
            # Offer at least the restored device until the devices are detected. The automatic one is always offered.
            self.show_devices([remembered.device])
        wanted = remembered.model if remembered else Request().model
        card = next((card for card in self._cards if card.name == wanted), self._cards[0])
        # The model shown so far stood in for a missing one, so its settings are not the user's.
        left = self._request_draft.left_settings()
        self._set_card(card)
        self._request_draft.restore_left(left)
        if remembered is not None:
            defaults = defaults_of(card)
            chosen = changed_fields(before, defaults) if before is not None and before.model == defaults.model else {}
            chosen |= {"knobs": defaults.knobs} if "sampler" in chosen else {}
            self._controls.set_request(fit_fields(replace(remembered, **chosen), card, self._parts(card)))
            self._request_draft.hold_seed(False)
            if not self._is_scanned and not self._is_installed(remembered):
                self._pending = _PendingSettings(remembered, before, self._request_draft.written)
        else:
            self._request_draft.roll()
            self._controls.set_example(next(iter(card.examples), Example(PROMPT, seed=self._request_draft["seed"])))
            # What is typed at the first start replaces the example.
            self._controls.prompt.editor.selectAll()
            # The seed of the first picture is as random as that of the next ones.
            self._request_draft.hold_seed(False)

    def refresh_models(self) -> bool:
        """Update the list of installed models after a change on disk, and apply the selected model's changed defaults.

        Other settings and the seed are unchanged. Returns True if a formerly missing model is now selected; then call
        `load_model` to load its weights.
        """
        if not self._cards:
            self.open(self._request_draft.written)
            return False
        before = self._request_draft.written
        self._show_models()
        pending = self._pending_settings()
        if pending is not None and self._is_installed(pending.request):
            self._pending = None
            self.open(pending.with_edits(before), pending.defaults)
            return True
        card = self.card_for(before) or next(iter(self._cards), None)
        if card is not None:
            self._set_card(card)
            current = replace(self._request_draft.written, size=before.size)
            self._controls.set_request(fit_fields(current, card, self._parts(card)))
        return False

    @property
    def listing(self) -> ModelListing:
        """List of the models that the panel offers."""
        return self._listing

    def _show_models(self) -> None:
        if self._library is not None:
            self._listing = listing_of(self._library)
        self._cards = [*self._listing.cards]
        self._controls.set_models(selectable_models(self._cards), self._parts)
        self._controls.button.set_available(bool(self._cards), "" if self._cards else _no_model())

    def _parts(self, card: ModelCard) -> Parts:
        """Return the names of the VAEs, refiners and upscalers that work with a model, keyed by setting name."""
        return self._listing.list_parts(card)

    def show_on(self, models: ModelsPage) -> None:
        """Show the installed and the rejected model files on the Models page, and mark the selected model."""
        assert self._library is not None
        lines = self._library.model_table()
        models.set_rows(lines)
        # Some rejected models are listed in the table with their reason.
        listed = {line.path for line in lines}
        refused = (model for model in self._library.refused() if model.path not in listed)
        models.set_refused([sentence_text(model.reason) for model in refused])
        if self.card is not None:
            models.set_current(self.card.name)

    async def choose_model(self, name: str, wanted_request: Request | None = None) -> None:
        """Select a model, adapt the settings panel to it, and load its weights when no job is running.

        Settings in `wanted_request` that differ from the model's defaults are applied too.
        """
        card = next((card for card in self._cards if card.name == name), None)
        if card is not None:
            self._pending = None
            self._set_card(card)
            if wanted_request is not None:
                self._request_draft.reset()
                self._request_draft.change(**changed_fields(card.default_request(), wanted_request))
            # A VAE or refiner that the settings name may no longer be installed.
            self._controls.set_request(fit_fields(self._request_draft.written, card, self._parts(card)))
            await self.load_model()

    async def load_model(self) -> None:
        """Load the selected model into memory on the worker thread. Does nothing while a job is waiting, because the
        job loads its own model.

        Raises StudioError if loading fails and the model is still selected.
        """
        if not self._cards:
            raise ModelError(_no_model())
        request, worker = self._controls.request(), self._worker
        if worker is None:
            # The window loads the model at the end of its start.
            return
        self._load_count += 1
        try:
            await worker.load_model(request)
        except StudioError:
            if same_settings(request, self._controls.request(), Role.LOADED):
                raise
        finally:
            self._load_count -= 1

    def is_loading(self) -> bool:
        """Return whether a model is being loaded into memory or waiting to be loaded."""
        return self._load_count > 0

    def show_devices(self, names: Sequence[str]) -> None:
        """Fill the device menu with these devices. The selected device remains selected if it is among them."""
        choices = [Choice(name, words) for name, words in device_choices(names) if name != AUTOMATIC]
        self._controls.set_devices([Choice(AUTOMATIC, translate("Settings", "Automatic")), *choices])

    def next_request(self) -> Request:
        """Return the request that the Generate button submits when it is pressed next."""
        return self._request_draft.next_request()

    def use(self, request: Request) -> list[str]:
        """Apply all settings of `request` to the settings panel, and return the names of those that could not be
        applied.
        """
        self.replacing.emit()
        card = self.card_for(request)
        if card is None:
            return ["model"]
        self._pending = None
        from gdm_studio.request.prompt_expansion import as_written

        compatible, left_out = self.fit(as_written(request), card)
        # The device and its limits belong to this machine, not to the image.
        current = self._controls.request()
        if card is not self.card:
            self._set_card(card)
        local_request = replace(compatible, device=current.device, batch=current.batch)
        self._controls.set_request(replace(local_request, attention=current.attention))
        self._controls.unfold_changed()
        self._request_draft.hold_seed()
        self.draw_path()
        return left_out

    def prefer_own_values(self) -> dict[str, float]:
        """Set the model's own values in place of settings that are outside the range in which it is good, and offer the
        replaced values in the panel. Return them as {field: value}.
        """
        card = self.card
        if card is None:
            return {}
        outside = values_outside(self._request_draft.written, card)
        self._request_draft.change(**{name: self._request_draft.default(name) for name in outside})
        self._controls.offer_values(outside)
        return outside

    def undo_to(
        self,
        before: Request,
        branch: Branch | None = None,
        *,
        is_seed_given: bool = True,
        before_redo: Callable[[], object] = lambda: None,
    ) -> Callable[[], object]:
        """Return a function that undoes a change of the settings by restoring the settings `before`, as
        `UndoableAction.back` does. It returns the function that makes the change again, which calls `before_redo()`
        first, or None if it has left a branch or no model is installed.

        Settings that the user has changed since are not restored, see `fields_to_restore`. `branch` is a branch that
        was started with the change; undoing leaves branch mode. `is_seed_given` is True if the next run is to use the
        seed of `before` although it is not locked.
        """
        undo = partial(self._undo, self._create_restorer(before, branch, is_seed_given), before_redo)
        if before != self._request_draft.written:
            self._controls.follow_action(undo)
        return undo

    def _undo(self, restore: Callable[[], object], before_redo: Callable[[], object]) -> object:
        again = restore()
        return partial(self._redo, again, before_redo) if callable(again) else again

    def _redo(self, restore: Callable[[], object], before_redo: Callable[[], object]) -> object:
        before_redo()
        back = restore()
        if not callable(back):
            return back
        undo = partial(self._undo, back, before_redo)
        self._controls.follow_action(undo)
        return undo

    def _create_restorer(self, before: Request, branch: Branch | None, is_seed_given: bool) -> Callable[[], object]:
        """Return a function that restores the settings `before`, and returns one that restores those it has replaced.

        See `undo_to` for the arguments.
        """
        after = self._request_draft.written

        def restore_settings() -> object:
            current, was_seed_given = self._request_draft.written, self._request_draft.is_seed_given
            stays = changed_fields(after, current)
            changes = fields_to_restore(before, after, current)
            wanted = replace(current, **changes)
            is_in_branch = branch is not None and branch is self._request_draft.branch_point
            if not changes and not is_in_branch and before != after:
                return NothingLeft.CHANGED_SINCE
            if is_in_branch:
                self.replacing.emit()
            if not self.restore(wanted):
                return None
            if "seed" in changes or not is_seed_given and "seed" not in stays:
                self._request_draft.hold_seed(is_seed_given)
            self._controls.changed.emit()
            return None if is_in_branch else self._create_restorer(current, None, was_seed_given)

        return restore_settings

    def restore(self, settings: Request) -> bool:
        """Show earlier settings of the panel in it again. Return False if no model is installed."""
        card = self.card_for(settings)
        if card is None:
            return False
        if card is not self.card:
            self._set_card(card)
        self._controls.set_request(fit_fields(settings, card, self._parts(card)))
        return True

    def unusable_fields(self, request: Request) -> set[str]:
        """Return the names of the fields of `request` that cannot be applied with the installed models, or that have no
        effect with the model that `use` would select.
        """
        card = self.card_for(request)
        if card is None:
            return {"model"}
        compatible = self.fit(request, card)[0]
        return {*changed_fields(compatible, request), *fields_without_effect(compatible, card)}

    def titles_without_effect(self, request: Request) -> list[str]:
        """Return the titles of the settings in `request` that `use` applies although the model ignores them."""
        card = self.card_for(request)
        return [SETTINGS[name].title for name in fields_without_effect(request, card)] if card is not None else []

    def fit(self, request: Request, card: ModelCard) -> tuple[Request, list[str]]:
        """Adapt a request to a model by removing unsupported settings.

        Return the request and the names of the removed settings.
        """
        return fit_request(request, card, self._parts(card))

    def draw_path(self) -> None:
        """Plot the noise levels that the current settings give, unless a running job shows its own levels there."""
        # The curve is hidden at first, unless the last session left it open.
        is_needed = self._library is not None or (self._controls.is_filled and self._controls.more.is_open())
        if self._is_curve_locked or not is_needed or (process := self.process) is None:
            return
        from gdm_studio.models.forward_process import start_step

        request = self._controls.request()
        try:
            path = self.path()
        except BadRequest:
            path = ()
        first = start_step(process, path, request.strength) if request.image and path else 0
        if self._request_draft.branch_point is not None:
            first = self._request_draft.branch_point.step
        self._controls.set_path(path, first)

    def lock_curve(self, locked: bool) -> None:
        """Lock the plot of noise levels for the steps of a running job. With `locked` False, it may show the current
        settings again.

        After the release, the job's steps remain visible until a setting changes.
        """
        self._is_curve_locked = locked

    def _set_card(self, card: ModelCard) -> None:
        self._process = None
        self._is_changing_model = True
        try:
            self._controls.set_model(card)
        finally:
            self._is_changing_model = False
        self.draw_path()
        self._controls.modes.show_fast(fast_version(card, self._cards) is not None, bool(card.fast_of))
        self.model_chosen.emit(card.name)


def full_version(card: ModelCard, cards: Sequence[ModelCard]) -> ModelCard | None:
    """Return the full model, given the `card` of its fast (distilled) version.

    Returns None if `card` is not a fast version or its full model is missing.
    """
    return next((other for other in cards if other.name == card.fast_of), None) if card.fast_of else None


def selectable_models(cards: Sequence[ModelCard]) -> list[ModelCard]:
    """Return the models for the model menu, which leaves out fast versions of installed models.

    The Fast button selects the fast versions.
    """
    names = {card.name for card in cards}
    return [card for card in cards if card.fast_of not in names]


def with_model_defaults_of(request: Request, other: Request) -> Request:
    """Return a copy of `request` with the model of `other`. Settings whose defaults depend on the model are also taken
    from `other`.
    """
    return replace(request.with_settings(other, Role.MODEL_DEFAULT), model=other.model)


def defaults_of(card: ModelCard) -> Request:
    """Return a generation request with a model's default settings and name."""
    return replace(card.default_request(), model=card.name)


def device_choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the entries of the device menu as pairs (device name, title).

    If this computer has several GPUs, one entry stands for all of them.
    """
    from gdm_studio.ui.setting_texts import ALL, device_title

    choices = [(name, device_title(name)) for name in names]
    # Not needed before the first paint.
    from gdm_studio.common import remote_device

    local_names = {name for name in names if not remote_device.is_remote(name)}
    return [*choices, (ALL, device_title(ALL))] if len(local_names - {AUTOMATIC, "cpu", ALL}) > 1 else choices


def settings_applied() -> str:
    """Return the title of the notice "Settings applied", which is shown after an image's settings were applied."""
    return translate("Settings", "Settings applied")


def _no_model() -> str:
    return translate(
        "Settings",
        "There is no model yet. Put a model's folder into the models folder (Models page), then start again.",
    )
