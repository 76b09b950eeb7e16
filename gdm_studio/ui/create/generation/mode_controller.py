"""Controller of the generation modes next to the Generate button: Fast, Live and Set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.studio.image_sets import find_image_set
from gdm_studio.ui.create.generation.live_mode import Live
from gdm_studio.ui.translation import translate
from gdm_studio.ui.window_actions import FAST, LIVE, SET, Action, shown_keys

if TYPE_CHECKING:
    from gdm_studio.ui.create.board.board_controllers import Boards
    from gdm_studio.ui.create.context import CreateContext


class GenerationModes:
    """Controller of the modes Fast (distilled model), Live (regenerate on every change) and Set (a list of subjects).

    `live` controls Live mode, and `sets` controls set mode.
    """

    def __init__(self, context: CreateContext, boards: Boards) -> None:
        self._page = context.page
        self._generation = context.generation
        self._tasks = context.tasks
        self._notify = context.notify
        self._withdraw = context.withdraw
        self._navigator = context.navigator
        self._gallery = context.gallery
        self.settings = context.settings
        self.live = Live(context, stop=lambda: self.turn_live(False))
        self.sets = boards.sets
        self.request_draft = context.page.controls.request_draft
        # True if Live or set mode has selected the fast version, which is deselected when the mode ends.
        self.is_fast_lent = False
        context.page.controls.button.generate.connect(self._leave_prompt)
        for name in ("prompt", "image"):
            self.request_draft.listen(name, lambda _: None if self._lacks_words() else self._withdraw_question())
        modes = context.page.controls.modes
        modes.fast_toggled.connect(self.turn_fast)
        modes.live_toggled.connect(self.turn_live)
        modes.set_toggled.connect(self.turn_set)

    def generate(self) -> None:
        """Start generating in the current mode, unless Live mode already shows the same image."""
        if self.sets.on:
            self.sets.generate()
        elif not self.live.take():
            if self._lacks_words():
                self._notify(
                    _empty_prompt_title(),
                    translate("GenerationModes", "Describe the picture, or let the model draw anything."),
                    action=translate("GenerationModes", "Draw anything"),
                    on_action=self._draw_anything,
                )
            else:
                self._generate()

    def _withdraw_question(self) -> None:
        """Withdraw the notice that the prompt is empty."""
        self._withdraw(_empty_prompt_title(), "")

    def _leave_prompt(self) -> None:
        """Move the keyboard focus to the main image view, where Space and the arrow keys control the job.

        This follows a click on the button. After Ctrl+Enter, the focus stays, so that the user can continue to type in
        the prompt.
        """
        if self.sets.on:
            self._page.set_view.area.setFocus()
        elif not self._lacks_words():
            self._page.canvas_panel.setFocus()

    def _lacks_words(self) -> bool:
        """Return True if the prompt is missing: the model reads prompts, but there is no prompt, input image or
        branch.
        """
        card, request_draft = self.settings.card, self.request_draft
        words = (
            request_draft["prompt"].strip()
            or request_draft["image"]
            or request_draft["hints"]
            or request_draft.branch_point
        )
        return card is not None and bool(card.accepts.prompt) and not words

    def _draw_anything(self) -> None:
        self._page.canvas_panel.setFocus()
        self._generate()

    def _generate(self) -> None:
        run = self._generation.generate()
        if run is not None:
            # The settings may have changed while the job was running.
            run.add_done_callback(lambda _: self.live.refresh())

    def turn_fast(self, on: bool) -> None:
        """Switch to the fast version of the selected model, or back to the full model."""
        self.is_fast_lent = False
        if self.settings.set_fast(on):
            self._tasks.start(self.settings.load_model())
            self.live.refresh()

    def turn_live(self, on: bool, *, draws_sketch: bool = False) -> None:
        """Turn on or off Live mode, which regenerates the image on every change of the settings.

        Turning it on also selects the model's fast version, if there is one and the preferences allow it. It is
        deselected while Live draws a sketch, which a model for few steps hardly follows.
        """
        if on and draws_sketch:
            self._take_fast_back()
        elif on and self.settings.uses_fast_drafts and not self.settings.is_fast():
            self.turn_fast(True)
            self.is_fast_lent = True
        if on != self.live.on:
            self.live.toggle(on)
        if not on:
            self._take_fast_back()

    def _take_fast_back(self) -> None:
        """Deselect the fast version of the model if a mode has selected it."""
        if self.is_fast_lent:
            self.turn_fast(False)

    def turn_set(self, on: bool) -> None:
        """Turn on or off set mode, which generates one image per subject of a list. Turning it on ends Live mode.

        It also selects the model's fast version, as Live mode does, unless the user has changed a setting that the fast
        version defines.
        """
        if on == self.sets.on:
            return
        if on:
            self.turn_live(False)
            self.sets.settings.remember()
            current = self._page.controls.request()
            if self.settings.fast_request(current) is not current:
                self.turn_fast(True)
                self.is_fast_lent = True
        else:
            self.sets.settings.keep_changes(self.sets.board)
            self._take_fast_back()
        self.sets.toggle(on)

    async def open_set(self, collection: str) -> None:
        """Open the Create page with the image set of a gallery collection: its list, settings, images and locks. A
        branch that is chosen is left, as by other settings.

        Raises BadRequest while a set is being generated, or if set mode cannot be turned on.
        """
        board = await self.sets.load_board(collection) if collection else None
        button = self._page.controls.modes.set
        if board is None:
            self._notify(translate("GenerationModes", "No set was found"))
            return
        job = self._generation.job
        if self.request_draft.branch_point is not None and not (job is not None and job.paused):
            self.settings.replacing.emit()
        if self.sets.on or button.isEnabled():
            self._navigator.open_page("create")
            self.turn_set(True)
            self.sets.open(board)
        else:
            raise BadRequest(button.toolTip())

    async def open_set_of(self, picture_id: str) -> None:
        """Open the image set that contains an image of the gallery, see `open_set`."""
        await self.open_set(await self._gallery.ask(lambda gallery: find_image_set(gallery, picture_id)))

    def restore(self, *, is_set: bool, is_fast_lent: bool) -> None:
        """Turn on set mode if the last session ended in it. `is_fast_lent` is True if a mode had selected the fast
        version, which is deselected if that mode is not restored.
        """
        self.is_fast_lent = is_fast_lent and self.settings.is_fast()
        if is_set:
            # The panel shows the settings of the last session, which the user may have changed since the set was made.
            self.sets.toggle(True, uses_settings=False)
        else:
            self._take_fast_back()

    def leave_set(self) -> None:
        """Turn off set mode if it is on, so that Generate no longer makes one image per subject of a list."""
        self.turn_set(False)

    def _live_disabled_reason(self) -> str:
        """Return the sentence that explains why Live mode cannot be turned on, as in set mode."""
        if not self.sets.on:
            return self._page.controls.modes.live.toolTip()
        return translate("GenerationModes", "It updates a single picture. Leave the set with {keys}.").format(
            keys=shown_keys(SET.keys)[0]
        )

    def _set_disabled_reason(self) -> str:
        """Return the sentence that explains why set mode cannot be turned on or off."""
        button, card = self._page.controls.modes.set, self.settings.card
        if button.isEnabled() and card is not None:
            return translate("GenerationModes", "A set is a list of prompts, and {model} reads none.").format(
                model=card.title or card.name
            )
        return button.toolTip()

    def actions(self) -> list[Action]:
        """Return the actions that switch the modes Fast, Live and Set on and off."""
        modes = self._page.controls.modes
        # A paused run or a branch disables the buttons, whose tooltips say why.
        return [
            FAST.bind(
                lambda: self.turn_fast(not self.settings.is_fast()),
                lambda: modes.fast.isEnabled() and not modes.fast.isHidden(),
                lambda: "" if modes.fast.isEnabled() else modes.fast.toolTip(),
            ),
            LIVE.bind(lambda: self.turn_live(not self.live.on), modes.live.isEnabled, self._live_disabled_reason),
            SET.bind(
                lambda: self.turn_set(not self.sets.on),
                lambda: modes.set.isEnabled() and not modes.set.isHidden(),
                self._set_disabled_reason,
            ),
        ]


def _empty_prompt_title() -> str:
    return translate("GenerationModes", "The prompt is empty")
