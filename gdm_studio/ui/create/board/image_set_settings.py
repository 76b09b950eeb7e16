"""Settings panel in set mode, in which it shows the settings of an image set instead of those of the single image."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.request.generation_request import SETTINGS as FIELDS
from gdm_studio.request.generation_request import Request, Role, with_role
from gdm_studio.request.prompt_expansion import drawn_if_possible
from gdm_studio.studio.image_sets import OF_ONE_IMAGE, shared_settings
from gdm_studio.studio.model_compatibility import changed_fields
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from gdm_studio.ui.create.board.image_set_board import SetBoard
    from gdm_studio.ui.create.context import CreateContext

# Fraction of a model's default temperature at which nearly all seeds give the typical drawing, upright and undistorted.
TYPICAL = 1 / 3


def typical_temperature(default: float) -> float:
    """Return the temperature at which the images of a set are generated, for the default temperature of a model."""
    return round(default * TYPICAL, 2)


class SetSettings:
    """Exchange of the settings panel's contents between those of the single image and those of a set."""

    def __init__(self, context: CreateContext) -> None:
        self._context = context
        self._request_draft = context.page.controls.request_draft
        # Style that was selected automatically for the set. It is deselected when set mode ends.
        self.lent_style = ""
        # Settings of the single image while the panel shows those of a set, or None if it shows the single image's.
        self.single: Request | None = None
        # Settings when set mode was turned on, and whether the next run was to use their seed.
        self._settings_before: tuple[Request, bool] | None = None
        # Settings of the set when the panel showed them first.
        self._used_settings: Request | None = None
        # Settings that the user had changed for the next set when set mode was last left, with the set that was shown.
        self._changed_settings: tuple[SetBoard, Request] | None = None

    def remember(self) -> None:
        """Remember the settings of the single image before set mode is turned on, which may change them."""
        self._settings_before = self._request_draft.written, self._request_draft.is_seed_given

    def lend_style(self) -> None:
        """Select a style if there is none, because the images of a set would otherwise not look alike."""
        card = self._context.settings.card
        if card is not None and card.styles and not self._request_draft["style"]:
            self.lent_style = self._request_draft.default("style") or card.styles[0].id
            self._request_draft.put(style=self.lent_style)

    def use(self, board: SetBoard) -> None:
        """Apply the settings of a set to the settings panel, where those of the single image, such as its prompt,
        stay. Those that are replaced return when set mode ends. A notice informs the user if its model is not
        installed.
        """
        written = self._request_draft.written
        if self.single is None:
            self.single = self._settings_before[0] if self._settings_before is not None else written
        self.lent_style = ""
        self._used_settings = written
        changed = self._changed_settings
        self._changed_settings = None
        is_changed = changed is not None and changed[0] is board
        settings = changed[1] if changed is not None and is_changed else board.settings
        if shared_digest(board, settings) == shared_digest(board, self._context.page.controls.request()):
            return
        kept = {name: getattr(written, name) for name in OF_ONE_IMAGE if name != "seed"}
        left_out = self._context.settings.use(drawn_if_possible(replace(settings, **kept)))
        # A new set would otherwise have the same images.
        self._request_draft.hold_seed(False)
        if not left_out and not is_changed:
            # Files name the defaults of the model, which the panel leaves out.
            board.settings = replace(self._context.page.controls.request(), seed=board.settings.seed)
        self._used_settings = self._request_draft.written
        if "model" in left_out:
            card = self._context.settings.card
            self._context.notify(
                translate("Boards", "{model} is not installed").format(model=settings.model),
                translate("Boards", "{model} is used instead.").format(model=card.title or card.name) if card else "",
                kind="warning",
            )

    def keep_changes(self, board: SetBoard | None) -> None:
        """Keep the settings that the user has changed for the next set, until the set `board` is shown again in this
        session. Call this at the end of set mode, before other settings change.
        """
        request = self._context.page.controls.request()
        is_changed = board is not None and shared_digest(board) != shared_digest(board, request)
        self._changed_settings = (board, request) if board is not None and is_changed else None

    def remember_changes(self, board: SetBoard, settings: Request) -> None:
        """Remember the settings that the user had changed for the next set in the last session, see `keep_changes`."""
        self._changed_settings = board, settings

    def changes_of(self, board: SetBoard | None) -> Request | None:
        """Return the settings that `keep_changes` has kept for a set, or None if there are none."""
        changed = self._changed_settings
        return changed[1] if changed is not None and changed[0] is board else None

    def restore_single(self) -> None:
        """Show the settings of the single image again in place of those of a set. What the user has changed since of
        the single image itself, such as its start image, stays.
        """
        if self.lent_style and self._request_draft["style"] == self.lent_style:
            self._request_draft.put(style="")
        self.lent_style = ""
        single, self.single = self.single, None
        before, self._settings_before = self._settings_before, None
        if single is None:
            return
        current = self._request_draft.written
        kept = OF_ONE_IMAGE | {each.name for each in with_role(FIELDS, Role.MACHINE)}
        changes = changed_fields(self._used_settings or current, current)
        changes = {name: value for name, value in changes.items() if name in kept and name != "seed"}
        self._context.settings.restore(replace(single, **changes))
        self._request_draft.hold_seed(before is not None and before[1])

    def family(self, settings: Request, count: int) -> Request:
        """Return the request whose pictures are the images of a new set.

        It has the temperature at which drawings have their typical pose, so that the members of a set stand upright on
        one baseline. A temperature that the user has chosen is kept, and so is that of a model without styles. What
        belongs to one picture, such as a region with its prompt, is not used for every subject.
        """
        return replace(
            settings,
            temperature=self.temperature(settings),
            plain_icon=bool(settings.style),
            count=count,
            batch=0,
            image="",
            mask="",
            image_prompt="",
            template="",
            prompts=(),
            regions=(),
        )

    def temperature(self, settings: Request) -> float:
        """Return the temperature of the first images of a set with these settings, see `family`."""
        default = self._request_draft.default("temperature")
        is_default = bool(settings.style) and settings.temperature == default
        return typical_temperature(default) if is_default else settings.temperature


def shared_digest(board: SetBoard, settings: Request | None = None) -> str:
    """Return the digest of settings, by default those of a set, without those that the images of a set do not share."""
    return replace(shared_settings(settings or board.settings), rules=board.family.rules).digest()
