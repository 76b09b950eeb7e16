"""The draft: the request that is being written, what its model begins with, and whether its seed is used again."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.request import SETTINGS, Branch, Request, Role, with_role
from gdm_studio.studio.fitting import branched, taken
from gdm_studio.walk import with_prompt

ROLLED_LIMIT = 10**6  # of seeds taken by chance, short enough to read aloud; others may be any
LOCK = "seed_locked"


class Draft:
    """Fields are read by name, `draft["steps"]`, and changed together; `listen` tells of each that becomes another.

    Beside those of a Request there is "seed_locked": whether the next run takes the seed as it stands.

    >>> draft = Draft()
    >>> draft.listen("steps", lambda steps: print(steps, "steps"))
    >>> draft.change(sampler="lms", prompt="a fox")  # steps at their default go with the scheduler
    30 steps
    """

    def __init__(self, card: ModelCard | None = None) -> None:
        self._card = card
        self._request = self._usual()
        self._told: defaultdict[str, list[Callable[[Any], object]]] = defaultdict(list)
        self._is_locked = False  # by people
        self._is_held = False  # by what needs the same seed for a while
        self._seed_given = False  # it was chosen, or belongs to a picture: it is used once
        self._left: dict[str, tuple[Request, Request]] = {}  # by model left: its defaults, what was written
        self._way_from = ""  # the prompt that it was on its way to another picture with, of which that may keep some
        self.departure: Branch | None = None  # what the next pictures are branches of, where they are

    @property
    def card(self) -> ModelCard | None:
        """Of the model that is to make the pictures; None where there is none yet."""
        return self._card

    @property
    def request(self) -> Request:
        """What it says now. What the model does not take is left out, and stays in the fields for one that does."""
        return self._on_its_way(taken(self._request, self._card.accepts if self._card else Accepts()))

    @property
    def written(self) -> Request:
        """All that stands in the fields, for `take` to put there again: also what the model does not take."""
        return self._on_its_way(replace(self._request, mask=self._request.mask if self._request.image else ""))

    def __getitem__(self, name: str) -> Any:
        return self._is_locked or self._is_held if name == LOCK else SETTINGS[name].of(self._request)

    def listen(self, name: str, told: Callable[[Any], object]) -> None:
        """Calls `told` with the field's value whenever it has become another."""
        self._told[name].append(told)

    def change(self, **values: Any) -> None:
        """Sets these fields, as people do: a seed that is set is that of the next run.

        Steps and spacing that stand at the scheduler's default go with it. Raises BadRequest, and changes nothing,
        where there is no such field or it cannot have that value.
        """
        locked = values.pop(LOCK, None)
        for name, value in values.items():
            if name not in SETTINGS:
                raise BadRequest(f"There is no setting called {name!r}; there are {', '.join(SETTINGS)}.")
            values[name] = SETTINGS[name].typed(value)
            SETTINGS[name].check(values[name])
        if locked is not None:
            self._lock(bool(locked), held=False)
        self._seed_given = self._seed_given or "seed" in values
        self.put(**self._with_sampler(values.get("sampler")) | values)

    def take(self, request: Request) -> None:
        """Every field as `request` has it, whatever that is; the next run's seed is another one, unless it is held."""
        self.put(**{name: setting.of(request) for name, setting in SETTINGS.items()})

    def put(self, **values: Any) -> None:
        """The same of these fields."""
        if "toward" in values:
            self._way_from = values.get("prompt", self._request.prompt)
        self._become(replace(self._request, **values))

    def turn_to(self, card: ModelCard) -> None:
        """Another model: what it has defaults of its own for becomes those, or as it was when the model was left.

        The rest stays. Where it is the same model, only what it begins with otherwise than before becomes so.
        """
        before, self._card = self._usual() if self._card else None, card
        now = self._usual()
        if before is not None and before.model != now.model:
            self._left[before.model] = before, self._request
            before, left = self._left.get(now.model, (None, now))
            self._begin(left, set())
        same = {name for name, each in SETTINGS.items() if before is not None and each.of(before) == each.of(now)}
        self._begin(now, same - ({"knobs"} if "sampler" not in same else set()))

    def reset(self) -> None:
        """The defaults of the model again; what is the picture's own, such as prompt and seed, stays."""
        self._begin(self._usual(), set())

    def _begin(self, wanted: Request, kept: set[str]) -> None:
        own = {each.name for role in (Role.PACE, Role.PANEL) for each in with_role(SETTINGS, role)} | {"model", "style"}
        self._become(replace(self._request, **{name: getattr(wanted, name) for name in own - kept}))

    def default(self, name: str) -> Any:
        """What the model begins with; of steps and spacing what the scheduler does."""
        return self._default(name, self._request.sampler)

    # the seed

    @property
    def is_locked_by_people(self) -> bool:
        """Whether it stays locked once nothing holds it any more."""
        return self._is_locked

    def hold_lock(self, held: bool) -> None:
        """Locks the seed for a while; after that it is as people had it."""
        self._lock(self._is_locked, held=held)

    def hold_seed(self, held: bool = True) -> None:
        """The next run takes the seed that is shown, locked or not; or does not, whatever was chosen before."""
        self._seed_given = held

    def roll(self) -> None:
        """Takes another seed by chance, for the next run."""
        self.change(seed=secrets.randbelow(ROLLED_LIMIT))

    def next_request(self) -> Request:
        """What the next run makes: with a new seed, unless it is locked or was just chosen.

        A branch keeps the seed of what it leaves, unless people change it. Raises BadRequest where it cannot be made.
        """
        if self.departure is not None:
            return branched(self.departure.parent, self.departure.step, self.request)
        if not self[LOCK] and not self._seed_given:
            self.roll()
        self._seed_given = False
        return self.request

    def _on_its_way(self, request: Request) -> Request:
        return replace(request, toward=with_prompt(request.toward, self._way_from, request.prompt))

    def _usual(self) -> Request:
        return replace(self._card.usual(), model=self._card.name) if self._card else Request()

    def _default(self, name: str, sampler: str) -> Any:
        usual = self._usual()
        if sampler != usual.sampler:
            usual = replace(usual, steps=SAMPLERS[sampler].default_steps, spacing=SAMPLERS[sampler].default_spacing)
        return SETTINGS[name].of(usual)

    def _with_sampler(self, sampler: str | None) -> dict[str, Any]:
        """What becomes another with this scheduler: its own settings, and what stood at the default of the former."""
        if sampler is None or sampler == self._request.sampler:
            return {}
        at_default = [name for name in ("steps", "spacing") if self[name] == self.default(name)]
        return {"knobs": {}} | {name: self._default(name, sampler) for name in at_default}

    def _lock(self, locked: bool, *, held: bool) -> None:
        before = self[LOCK]
        self._is_locked, self._is_held = locked, held
        self._tell(LOCK, before)

    def _become(self, request: Request) -> None:
        before, self._request = self._request, request
        for name, setting in SETTINGS.items():
            self._tell(name, setting.of(before))

    def _tell(self, name: str, before: Any) -> None:
        if self[name] != before:
            for told in self._told[name]:
                told(self[name])
