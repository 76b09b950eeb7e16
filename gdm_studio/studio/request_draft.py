"""Draft of a request that a user is editing. It follows the defaults of its model and can lock its seed."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import RULES, SETTINGS, Branch, Request, Role, with_role
from gdm_studio.request.interpolation import replace_prompt
from gdm_studio.request.prompts import may_be_template
from gdm_studio.studio.model_compatibility import branch_request, drop_unsupported

# Limit of random seeds, which are short enough to read aloud.
ROLLED_LIMIT = 10**6
LOCK = "seed_locked"
# Name under which listeners hear that the next run uses the current seed once, or no longer does.
GIVEN = "seed_given"


class RequestDraft:
    """A request that the user is editing. It notifies listeners of changed fields. `draft["steps"]` reads a field, and
    `change` sets several fields.

    Besides the fields of a Request there is "seed_locked": True if the next run uses the same seed.

    >>> draft = RequestDraft()
    >>> draft.listen("steps", lambda steps: print(steps, "steps"))
    >>> draft.change(sampler="lms", prompt="a fox")  # the steps were at their default
    30 steps
    """

    def __init__(self, card: ModelCard | None = None, *, path: str = "") -> None:
        """`path` is the model's file or folder if it is outside the models folder, where no name leads to it."""
        self._card = card
        self._path = path
        # The card's default request with its card and path. The panel reads defaults a hundred times when it opens.
        self._cached_defaults: tuple[ModelCard, str, Request] | None = None
        self._request = self._find_defaults()
        self._listeners: defaultdict[str, list[Callable[[Any], object]]] = defaultdict(list)
        # True if the user locked the seed.
        self._is_locked = False
        # True if a tool locks the seed for a while.
        self._is_held = False
        # True if the seed was chosen, or belongs to an image: the next run uses it once.
        self._seed_given = False
        # Defaults and edited request of each model that the user left, by model name.
        self._left_models: dict[str, tuple[Request, Request]] = {}
        # Prompt that an interpolation started from.
        self._interpolation_start = ""
        # Prompt, seed and count for which prompts were last drawn, and the request with these prompts.
        self._drawn_prompts: tuple[tuple[str, int, int], Request] | None = None
        # Step from which the next images branch off, if any.
        self.branch_point: Branch | None = None

    @property
    def card(self) -> ModelCard | None:
        """Model card of the model that this draft uses, or None if the user has not chosen a model yet."""
        return self._card

    @property
    def request(self) -> Request:
        """The request that the draft would run, with prompts drawn from its template and without unsupported settings.
        If the template cannot be drawn, for example because a wildcard is missing, it remains the prompt, and `checked`
        rejects it. Changed wildcard files are read at the next change of prompt, seed or count, and by `take` and
        `next_request`.
        """
        return self._make_runnable(self._request)

    @property
    def written(self) -> Request:
        """Request with the draft's settings as the user entered them, including settings that the model does not
        support.

        `take` restores it.
        """
        return self._apply_interpolation(replace(self._request, mask=self._request.mask if self._request.image else ""))

    def __getitem__(self, name: str) -> Any:
        return self._is_locked or self._is_held if name == LOCK else SETTINGS[name].value_in(self._request)

    def listen(self, name: str, listener: Callable[[Any], object]) -> None:
        """Register a function that is called with the new value of a field whenever this draft changes it."""
        self._listeners[name].append(listener)

    def change(self, **values: Any) -> None:
        """Set fields of the draft to values that the user entered. If the seed is set, the next run uses it.

        Steps and spacing follow the sampler's defaults unless they were changed. An unknown field or an invalid value
        raises BadRequest, and nothing is changed.
        """
        locked = values.pop(LOCK, None)
        for name, value in values.items():
            if name not in SETTINGS:
                raise BadRequest(f"There is no setting called {name!r}; there are {', '.join(SETTINGS)}.")
            values[name] = SETTINGS[name].typed(value)
            SETTINGS[name].check(values[name])
        if locked is not None:
            self._lock(bool(locked), is_held=False)
        self.hold_seed(self._seed_given or "seed" in values)
        self.put(**self._follow_sampler(values.get("sampler")) | values)

    def take(self, request: Request) -> None:
        """Set all fields of the draft from a request, for example a saved image's, without validation.

        The next run gets a new seed unless the seed is locked.
        """
        self._drawn_prompts = None
        self.put(**{name: setting.value_in(request) for name, setting in SETTINGS.items()})

    def put(self, **values: Any) -> None:
        """Set fields of the draft to values that are known to be valid, without checking them."""
        if "toward" in values:
            self._interpolation_start = values.get("prompt", self._request.prompt)
        self._set_request(replace(self._request, **values))

    def turn_to(self, card: ModelCard) -> None:
        """Switch the draft to another model and update the settings that depend on the model.

        They get the values from the user's last use of this model, or else its defaults. Other settings are unchanged.
        For a new card of the same model, only settings whose default has changed are updated.
        """
        before = self._find_defaults() if self._card else None
        self._card = card
        self._path = ""
        now = self._find_defaults()
        if before is not None and before.model != now.model:
            self._left_models[before.model] = before, self._request
            if before.strength != now.strength:
                # An editing model starts from different noise, because the start image is an additional input.
                self.put(strength=now.strength)
            before, left = self._left_models.get(now.model, (None, now))
            self._apply(left, set())
        # Requests that were read from a file contain all parameters of the sampler.
        compared = (before.checked(), now.checked()) if before is not None else None
        same = {
            name
            for name, each in SETTINGS.items()
            if compared is not None and each.value_in(compared[0]) == each.value_in(compared[1])
        }
        self._apply(now, same - ({"knobs"} if "sampler" not in same else set()))

    def left_settings(self) -> list[tuple[Request, Request]]:
        """Return the default settings and the settings of each model that the user selected earlier, as (defaults,
        settings), to restore them at the next start.

        Other fields of the settings, such as the prompt, have their default values.
        """
        names = _list_model_settings()
        return [
            (before, replace(Request(), **{name: getattr(left, name) for name in names}))
            for before, left in self._left_models.values()
        ]

    def restore_left(self, pairs: Iterable[tuple[Request, Request]]) -> None:
        """Replace the settings of the models that the user has left by the result of `left_settings`."""
        self._left_models = {left.model: (before, left) for before, left in pairs}

    def reset(self) -> None:
        """Restore the model's defaults in the draft. Settings that describe the image, such as prompt and seed, are
        unchanged.
        """
        self._apply(self._find_defaults(), set())

    def _apply(self, source: Request, excluded: set[str]) -> None:
        """Copy the settings with model-dependent defaults from the request `source` into the draft, except the settings
        in `excluded`.
        """
        own = _list_model_settings() - excluded
        self._set_request(replace(self._request, **{name: getattr(source, name) for name in own}))

    def default(self, name: str) -> Any:
        """Return the default value of a setting: the sampler's for steps and spacing, otherwise the model's."""
        return self._find_default(name, self._request.sampler)

    # Seed

    @property
    def is_locked_by_user(self) -> bool:
        """True if the user has locked the seed. A lock that a tool of the window holds is not considered."""
        return self._is_locked

    def hold_lock(self, is_held: bool) -> None:
        """Lock the seed if `is_held` is True, because a tool of the window needs it unchanged, or else release this
        lock.

        The user's own lock is independent.
        """
        self._lock(self._is_locked, is_held=is_held)

    @property
    def is_seed_given(self) -> bool:
        """True if the user has just set the seed, so that the next run uses it even if it is not locked."""
        return self._seed_given

    def hold_seed(self, is_held: bool = True) -> None:
        """Set whether the next run uses the current seed although the seed is not locked."""
        if is_held != self._seed_given:
            self._seed_given = is_held
            for listener in self._listeners[GIVEN]:
                listener(is_held)

    @property
    def next_rules(self) -> int:
        """The version of the generation rules for the next run. A run with a new seed follows the current version."""
        return self._request.rules if self._keeps_seed else RULES

    @property
    def is_icon_next(self) -> bool:
        """True if the next run draws an icon of a set. A run with a new seed does not."""
        return self._request.plain_icon and self._keeps_seed

    @property
    def _keeps_seed(self) -> bool:
        return bool(self[LOCK] or self._seed_given or self.branch_point is not None)

    def roll(self) -> None:
        """Choose a random seed for the next run.

        The image then follows the current version of the seeding rules, and is no icon of a set, even if the settings
        come from such an image.
        """
        self.change(seed=secrets.randbelow(ROLLED_LIMIT), rules=RULES, plain_icon=False)

    def next_request(self) -> Request:
        """Return the request to run now, with a new seed unless the seed is locked or was just chosen.

        If the model rejects the request, the draft keeps its seed. The returned request still has the new seed, because
        the caller may replace an invalid prompt. A branch uses its parent's seed unless the user changed the seed.
        Raises BadRequest if the branch is impossible.
        """
        self._drawn_prompts = None
        if self.branch_point is not None:
            return branch_request(self.branch_point.parent, self.branch_point.step, self.request)
        edited = self._request
        if not self[LOCK] and not self._seed_given:
            edited = replace(edited, seed=secrets.randbelow(ROLLED_LIMIT), rules=RULES, plain_icon=False)
        request = self._make_runnable(edited)
        try:
            (self._card or Request).checked(request)
        except BadRequest:
            return request
        self.put(seed=edited.seed, rules=edited.rules, plain_icon=edited.plain_icon)
        self.hold_seed(False)
        return request

    def _make_runnable(self, edited: Request) -> Request:
        """Return the request that runs for the edited one: without unsupported settings, with drawn prompts."""
        accepts = self._card.accepts if self._card else Capabilities()
        return self._draw_prompts(self._apply_interpolation(drop_unsupported(edited, accepts)))

    def _draw_prompts(self, request: Request) -> Request:
        """Return a request whose prompt template is replaced by the prompts that its seed selects. They are computed
        again only if the template, the seed or the number of images has changed.

        There may be thousands of prompts, and the window reads the request several times per change.
        """
        key = request.prompt, request.seed, request.count
        if self._drawn_prompts is None or self._drawn_prompts[0] != key:
            self._drawn_prompts = key, _draw_if_possible(request)
        found = self._drawn_prompts[1]
        toward = replace_prompt(request.toward, request.prompt, found.prompt)
        return replace(request, prompt=found.prompt, template=found.template, prompts=found.prompts, toward=toward)

    def _apply_interpolation(self, request: Request) -> Request:
        return replace(request, toward=replace_prompt(request.toward, self._interpolation_start, request.prompt))

    def _find_defaults(self) -> Request:
        card, path = self._card, self._path
        if card is None:
            return Request()
        if self._cached_defaults is None or self._cached_defaults[0] is not card or self._cached_defaults[1] != path:
            self._cached_defaults = card, path, replace(card.default_request(), model=path or card.name)
        return self._cached_defaults[2]

    def _find_default(self, name: str, sampler: str) -> Any:
        defaults = self._find_defaults()
        if sampler != defaults.sampler:
            defaults = replace(
                defaults, steps=SAMPLERS[sampler].default_steps, spacing=SAMPLERS[sampler].default_spacing
            )
        return SETTINGS[name].value_in(defaults)

    def _follow_sampler(self, sampler: str | None) -> dict[str, Any]:
        """Return the settings of the draft that change with the sampler: its parameters, and steps and spacing unless
        the user changed them.
        """
        if sampler is None or sampler == self._request.sampler:
            return {}
        at_default = [name for name in ("steps", "spacing") if self[name] == self.default(name)]
        return {"knobs": {}} | {name: self._find_default(name, sampler) for name in at_default}

    def _lock(self, locked: bool, *, is_held: bool) -> None:
        before = self[LOCK]
        self._is_locked = locked
        self._is_held = is_held
        self._notify(LOCK, before)

    def _set_request(self, request: Request) -> None:
        before = self._request
        # The draft contains the text that the user edits, from which the prompts are drawn.
        if request.template or request.prompts:
            from gdm_studio.request.prompt_expansion import undrawn

            request = replace(undrawn(request), prompts=())
        self._request = request
        for name, setting in SETTINGS.items():
            self._notify(name, setting.value_in(before))

    def _notify(self, name: str, before: Any) -> None:
        if self[name] != before:
            for listener in self._listeners[name]:
                listener(self[name])


def _list_model_settings() -> set[str]:
    """Return the names of the settings that are saved per model, and restored when the model is selected again."""
    kept = {each.name for role in (Role.MODEL_DEFAULT, Role.PANEL) for each in with_role(SETTINGS, role)}
    return kept | {"model", "style"}


def _draw_if_possible(request: Request) -> Request:
    """Return the request with prompts drawn from its template, if its prompt is one."""
    if not may_be_template(request.prompt):
        return replace(request, template="", prompts=()) if request.template or request.prompts else request
    # It is imported here, because most prompts are no templates.
    from gdm_studio.request.prompt_expansion import drawn_if_possible

    return drawn_if_possible(request)
