"""Table of the window's actions, used by buttons, menus, keyboard shortcuts, the palette and the shortcut sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtGui import QKeySequence

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.translation import translate

# The group of the buttons that are visible on the open page.
HERE = QT_TRANSLATE_NOOP("Action", "Here")
_ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


def do_nothing() -> None: ...


def always() -> bool:
    return True


def no_reason() -> str:
    return ""


@dataclass(frozen=True)
class Action:
    """Command that the user can run by a button, a menu, a keyboard shortcut or the palette. Its label, tip and
    synonyms are stored in English, and its properties return translations.
    """

    label: str
    # Description of the action, if the label does not describe it.
    tip: str = ""
    # Names of the action in other programs. The palette finds the action by these names too.
    synonyms: str = ""
    # Key sequences as Qt writes them, several as "F1; ?".
    keys: str = ""
    icon: str = ""
    group: str = ""
    # The page on which the keys work, or "" for every page. The palette opens this page before it runs the action.
    page: str = ""
    # True if the widget that shows the action handles its keys while it has the focus.
    held: bool = False
    act: Callable[[], object] = do_nothing
    # Returns True if the action can run now.
    when: Callable[[], bool] = always
    # Returns a sentence that says why the action cannot run now, or "" for a general one.
    disabled_reason: Callable[[], str] = no_reason
    # Returns True if the palette offers the action. Its keys work even while the palette does not offer it.
    is_useful: Callable[[], bool] = always

    def bind(
        self,
        callback: Callable[[], object],
        when: Callable[[], bool] = always,
        disabled_reason: Callable[[], str] = no_reason,
        *,
        is_useful: Callable[[], bool] = always,
    ) -> Action:
        """Return a copy of the action that calls `act()` when it runs, and that is enabled while `when()` returns
        True. `disabled_reason()` returns the reason that is shown if its key is pressed while it is disabled. The
        palette offers the action only while `is_useful()` returns True, too.
        """
        return replace(self, act=callback, when=when, disabled_reason=disabled_reason, is_useful=is_useful)

    @property
    def keyless(self) -> Action:
        """Copy of the action without keyboard shortcuts, for a second button or menu entry that must not show them."""
        return replace(self, keys="")

    @property
    def name(self) -> str:
        """Name that identifies the action, made of its group and its English label, such as "Create: Generate"."""
        return f"{self.group}: {self.label}" if self.group else self.label

    @property
    def title(self) -> str:
        """Title of the action in the window's language."""
        return translate("Action", self.label)

    @property
    def description(self) -> str:
        """Description of the action in the window's language, or "" if its title needs none."""
        return translate("Action", self.tip)

    @property
    def group_title(self) -> str:
        """The translated name of the group under which the action is listed."""
        return translate("Action", self.group)

    @property
    def tooltip(self) -> str:
        """The description of the action, or its title if there is none, followed by its keyboard shortcuts in
        brackets.
        """
        return with_keys(self.description or self.title, self.keys)


def with_keys(words: str, keys: str) -> str:
    """Append keyboard shortcuts in brackets to a tooltip, such as "Export (Ctrl+E)"."""
    return f"{words} ({', '.join(shown_keys(keys))})" if keys else words


def shown_keys(keys: str) -> list[str]:
    """Return keyboard shortcuts as the user's desktop writes them, such as "Ctrl+K" or "⌘K"."""
    return [_native_text(QKeySequence(text)) for text in keys.split("; ") if text]


def _native_text(keys: QKeySequence) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    key = keys.toString(QKeySequence.SequenceFormat.PortableText).rpartition("+")[2]
    symbol = QKeySequence("Enter").toString(native) if key == "Return" else _ARROWS.get(key)
    written = keys.toString(native)
    # The name of the key in the window's language; a single character on macOS, which is a symbol already.
    name = QKeySequence(key).toString(native)
    return written.removesuffix(name) + symbol if symbol and len(name) > 1 else written


def resume_texts(changes: str) -> tuple[str, str]:
    """Return the title and the tooltip of the button that resumes a paused generation, both translated.

    `changes` lists the settings that were changed during the pause, or is "".
    """
    if not changes:
        return translate("Action", "Resume"), translate("Action", "Make the remaining steps")
    tooltip = translate("Action", "Make the remaining steps with {changes}").format(changes=changes)
    return translate("Action", "Continue with changes"), tooltip


# Synonyms of the settings, by their titles.
SETTINGS = {
    "Prompt": QT_TRANSLATE_NOOP("Action", "positive text description caption variants dynamic wildcards"),
    "Negative prompt": QT_TRANSLATE_NOOP("Action", "exclude avoid unwanted without uncond"),
    "Style": QT_TRANSLATE_NOOP("Action", "look preset artist lora"),
    "Model": QT_TRANSLATE_NOOP("Action", "checkpoint ckpt weights safetensors unet"),
    "Seed": QT_TRANSLATE_NOOP("Action", "fixed noise number"),
    "Pictures": QT_TRANSLATE_NOOP("Action", "batch count batch size images amount how many number"),
    "Scheduler": QT_TRANSLATE_NOOP("Action", "sampler sampling method solver ksampler"),
    "Step spacing": QT_TRANSLATE_NOOP("Action", "schedule type scheduler sigmas timesteps noise schedule karras"),
    "Steps": QT_TRANSLATE_NOOP("Action", "sampling steps iterations quality"),
    "Guidance": QT_TRANSLATE_NOOP("Action", "cfg scale classifier free guidance scale strictness adherence"),
    "Temperature": QT_TRANSLATE_NOOP("Action", "creativity variety diversity"),
    "Noise": QT_TRANSLATE_NOOP("Action", "strength denoise denoising strength"),
    "Size": QT_TRANSLATE_NOOP("Action", "width height resolution dimensions aspect ratio"),
    "Tile": QT_TRANSLATE_NOOP("Action", "tiled diffusion multidiffusion tiles large upscale 4k"),
    "Device": QT_TRANSLATE_NOOP("Action", "gpu cuda cpu mps hardware"),
    "Precision": QT_TRANSLATE_NOOP("Action", "fp16 fp32 bf16 half float dtype"),
    "Batch size": QT_TRANSLATE_NOOP("Action", "at once parallel vram memory together"),
    "Guidance rescale": QT_TRANSLATE_NOOP("Action", "cfg rescale"),
    "Clip skip": QT_TRANSLATE_NOOP("Action", "clip stop at last layers"),
    "Second pass": QT_TRANSLATE_NOOP("Action", "hires fix upscale by"),
    "Second pass, noise": QT_TRANSLATE_NOOP("Action", "hires fix denoising strength"),
    "Refiner's share": QT_TRANSLATE_NOOP("Action", "refiner switch at"),
}
_create = partial(Action, group=QT_TRANSLATE_NOOP("Action", "Create"), page="create")
GENERATE = Action(
    QT_TRANSLATE_NOOP("Action", "Generate"),
    tip=QT_TRANSLATE_NOOP("Action", "Make the picture"),
    synonyms=QT_TRANSLATE_NOOP("Action", "run create draw render invoke imagine txt2img text2image go"),
    keys="Ctrl+Return",
    group=QT_TRANSLATE_NOOP("Action", "Create"),
)
STOP = _create(
    QT_TRANSLATE_NOOP("Action", "Stop"),
    tip=QT_TRANSLATE_NOOP("Action", "Stop what is running after this step"),
    synonyms=QT_TRANSLATE_NOOP("Action", "interrupt cancel abort skip"),
    keys="Esc",
)
PAUSE = _create(
    QT_TRANSLATE_NOOP("Action", "Pause or resume"),
    synonyms=QT_TRANSLATE_NOOP("Action", "resume continue hold"),
    keys="Space",
)
STEP_BACK = _create(QT_TRANSLATE_NOOP("Action", "Previous step"), keys="Left")
STEP_ON = _create(QT_TRANSLATE_NOOP("Action", "Next step"), keys="Right")
FIRST_STEP = _create(QT_TRANSLATE_NOOP("Action", "First step"), keys="Home")
NEWEST_STEP = _create(QT_TRANSLATE_NOOP("Action", "Newest step"), keys="End")
EARLIER_PROMPT = _create(
    QT_TRANSLATE_NOOP("Action", "Earlier prompt"),
    tip=QT_TRANSLATE_NOOP("Action", "Bring back the prompt before this one"),
    synonyms=QT_TRANSLATE_NOOP("Action", "history last previous recall"),
    keys="Up",
    held=True,
)
ANOTHER_SEED = _create(
    QT_TRANSLATE_NOOP("Action", "Another seed"),
    synonyms=QT_TRANSLATE_NOOP("Action", "random randomize randomise dice roll reroll"),
    icon="dices",
)
PRESETS = _create(
    QT_TRANSLATE_NOOP("Action", "Presets…"),
    tip=QT_TRANSLATE_NOOP("Action", "Save the settings under a name, or use saved ones"),
    synonyms=QT_TRANSLATE_NOOP("Action", "styles template favourite settings store load save profile"),
    keys="Ctrl+P",
    icon="bookmark",
)
COMPARE_SCHEDULERS = _create(
    QT_TRANSLATE_NOOP("Action", "Compare schedulers…"),
    tip=QT_TRANSLATE_NOOP("Action", "Compare schedulers with the same seed"),
    synonyms=QT_TRANSLATE_NOOP("Action", "samplers"),
    icon="grid-3x3",
)
START_FROM = _create(
    QT_TRANSLATE_NOOP("Action", "Start from a picture…"),
    synonyms=QT_TRANSLATE_NOOP(
        "Action",
        "img2img image to image i2i init input load upload inpaint inpainting mask sketch outpaint outpainting",
    ),
    icon="image-plus",
)
EDIT_FOLDER = _create(
    QT_TRANSLATE_NOOP("Action", "Edit a folder…"),
    tip=QT_TRANSLATE_NOOP("Action", "Edit all pictures of a folder from one prompt, or upscale them"),
    synonyms=QT_TRANSLATE_NOOP("Action", "batch directory process inpaint upscale many"),
    icon="folder-open",
)
FOLLOW = _create(
    QT_TRANSLATE_NOOP("Action", "Follow a picture…"),
    tip=QT_TRANSLATE_NOOP("Action", "Add a picture whose lines, depth or pose the next pictures follow"),
    synonyms=QT_TRANSLATE_NOOP(
        "Action",
        "controlnet control net t2i adapter canny depth pose scribble reference ip-adapter lines image prompt style",
    ),
    icon="image-plus",
)
PASTE = _create(
    QT_TRANSLATE_NOOP("Action", "Paste a picture"),
    tip=QT_TRANSLATE_NOOP("Action", "Start from the picture on the clipboard"),
    synonyms=QT_TRANSLATE_NOOP("Action", "img2img clipboard image"),
    keys="Ctrl+V",
)
RESET = _create(
    QT_TRANSLATE_NOOP("Action", "Back to the model's defaults"),
    synonyms=QT_TRANSLATE_NOOP("Action", "reset clear restore settings"),
)
GRID = _create(
    QT_TRANSLATE_NOOP("Action", "Grid over two settings…"),
    synonyms=QT_TRANSLATE_NOOP("Action", "xyz plot xy matrix x/y/z prompt matrix"),
    keys="Ctrl+G",
)
SHOW_GRID = _create(QT_TRANSLATE_NOOP("Action", "Show the grid"))
VARY_PICTURE = _create(
    QT_TRANSLATE_NOOP("Action", "Vary the picture"),
    synonyms=QT_TRANSLATE_NOOP("Action", "variations variation subseed explore similar"),
)
BETWEEN = _create(
    QT_TRANSLATE_NOOP("Action", "Pictures between two seeds or prompts"),
    synonyms=QT_TRANSLATE_NOOP("Action", "interpolate interpolation morph blend travel slerp"),
)
FAST = _create(
    QT_TRANSLATE_NOOP("Action", "Fast"),
    tip=QT_TRANSLATE_NOOP("Action", "Use a faster version of this model with few steps"),
    synonyms=QT_TRANSLATE_NOOP("Action", "turbo lightning lcm distilled speed"),
    icon="zap",
)
LIVE = _create(
    QT_TRANSLATE_NOOP("Action", "Live"),
    tip=QT_TRANSLATE_NOOP("Action", "Update the picture as you change the prompt and sliders"),
    synonyms=QT_TRANSLATE_NOOP("Action", "realtime real time interactive auto"),
    keys="Ctrl+L",
    icon="activity",
)
SKETCH = _create(
    QT_TRANSLATE_NOOP("Action", "Sketch"),
    tip=QT_TRANSLATE_NOOP("Action", "Draw, and the picture follows each stroke"),
    synonyms=QT_TRANSLATE_NOOP("Action", "paint painting canvas scribble doodle live realtime"),
    keys="Ctrl+D",
    icon="pencil",
)
SET = _create(
    QT_TRANSLATE_NOOP("Action", "Set"),
    tip=QT_TRANSLATE_NOOP("Action", "Make a set of pictures in one style from a list"),
    synonyms=QT_TRANSLATE_NOOP("Action", "prompts from file series icons batches"),
    keys="Ctrl+T",
    icon="layout-grid",
)
# Actions on a set of pictures, whose view handles their keys.
_set = partial(Action, group=QT_TRANSLATE_NOOP("Action", "Set"), page="create")
REDO_IN_SET = _set(
    QT_TRANSLATE_NOOP("Action", "Another seed"),
    tip=QT_TRANSLATE_NOOP("Action", "Make the selected again, or all that are not locked"),
    synonyms=QT_TRANSLATE_NOOP("Action", "redraw regenerate retry again"),
    keys="R",
    icon="dices",
)
CHANGE_IN_SET = _set(
    QT_TRANSLATE_NOOP("Action", "Change…"),
    tip=QT_TRANSLATE_NOOP("Action", "Write something else for the selected in the list"),
    synonyms=QT_TRANSLATE_NOOP("Action", "swap replace rename edit"),
    keys="F2",
    icon="pencil",
)
LOCK_IN_SET = _set(
    QT_TRANSLATE_NOOP("Action", "Lock"),
    tip=QT_TRANSLATE_NOOP("Action", "Keep the selected while others are made again"),
    synonyms=QT_TRANSLATE_NOOP("Action", "unlock pin freeze"),
    keys="L",
    icon="lock",
)
REMOVE_FROM_SET = _set(
    QT_TRANSLATE_NOOP("Action", "Remove"),
    tip=QT_TRANSLATE_NOOP("Action", "Remove the selected from the set"),
    keys="Del",
    icon="x",
)
NEW_SET = _set(
    QT_TRANSLATE_NOOP("Action", "New set"),
    tip=QT_TRANSLATE_NOOP("Action", "Start with an empty sheet; this set stays in the gallery"),
    synonyms=QT_TRANSLATE_NOOP("Action", "clear empty"),
    icon="plus",
)
SET_IN_GALLERY = _set(
    QT_TRANSLATE_NOOP("Action", "Gallery"),
    tip=QT_TRANSLATE_NOOP("Action", "Show this set in the gallery"),
    icon="image",
)
EXPORT_SET = _set(
    QT_TRANSLATE_NOOP("Action", "Export set…"),
    tip=QT_TRANSLATE_NOOP("Action", "Write a folder with its icons for an app or a website"),
    synonyms=QT_TRANSLATE_NOOP("Action", "save svg png ico icns sprite assets developer palette colours"),
    icon="download",
)
OPEN_AS_SET = Action(QT_TRANSLATE_NOOP("Action", "Open as set"), icon="layout-grid", page="gallery")
# Actions on the canvas and beside the prompt.
EXAMPLES = _create(
    QT_TRANSLATE_NOOP("Action", "Examples"),
    tip=QT_TRANSLATE_NOOP("Action", "Show example prompts"),
    synonyms=QT_TRANSLATE_NOOP("Action", "ideas inspiration templates sample"),
    keys="Ctrl+I",
    icon="lightbulb",
)
ADD_NOISE = Action(
    QT_TRANSLATE_NOOP("Action", "Add noise"),
    tip=QT_TRANSLATE_NOOP("Action", "Add noise to the picture"),
    synonyms=QT_TRANSLATE_NOOP("Action", "noising forward diffuse denoise"),
    keys="N",
    icon="waves",
)
NOISE_MENU = Action(
    QT_TRANSLATE_NOOP("Action", "Noise"),
    tip=QT_TRANSLATE_NOOP("Action", "Add noise to the picture, or recover its noise"),
    icon="waves",
)
EDIT_MENU = Action(
    QT_TRANSLATE_NOOP("Action", "Edit picture"),
    tip=QT_TRANSLATE_NOOP("Action", "Start from the picture, repaint a part or a detail of it, or extend it"),
    icon="brush",
)
INVERT = Action(
    QT_TRANSLATE_NOOP("Action", "Recover noise"),
    tip=QT_TRANSLATE_NOOP("Action", "Recover the noise that leads to this picture, for other words in the same layout"),
    synonyms=QT_TRANSLATE_NOOP("Action", "invert inversion ddim reverse"),
    keys="I",
    icon="rewind",
)
USE_AS_START = Action(
    QT_TRANSLATE_NOOP("Action", "Start from this"),
    tip=QT_TRANSLATE_NOOP("Action", "Start the next pictures from this one"),
    synonyms=QT_TRANSLATE_NOOP("Action", "img2img image to image i2i init send to"),
    keys="S",
    icon="image-up",
)
MASK = Action(
    QT_TRANSLATE_NOOP("Action", "Mask"),
    tip=QT_TRANSLATE_NOOP("Action", "Paint the part to regenerate"),
    synonyms=QT_TRANSLATE_NOOP("Action", "inpaint inpainting brush edit part retouch"),
    keys="M",
    icon="brush",
)
SKETCH_ON = Action(
    QT_TRANSLATE_NOOP("Action", "Draw on it"),
    tip=QT_TRANSLATE_NOOP("Action", "Draw on the picture, which each stroke generates again"),
    synonyms=QT_TRANSLATE_NOOP("Action", "sketch paint over overpaint canvas"),
    keys="D",
    icon="pencil",
)
SMALLER_BRUSH = Action(QT_TRANSLATE_NOOP("Action", "Smaller brush"), keys="[", icon="minus")
LARGER_BRUSH = Action(QT_TRANSLATE_NOOP("Action", "Larger brush"), keys="]", icon="plus")
EXTEND = Action(
    QT_TRANSLATE_NOOP("Action", "Extend"),
    tip=QT_TRANSLATE_NOOP("Action", "Extend the picture in a larger frame"),
    synonyms=QT_TRANSLATE_NOOP("Action", "outpaint outpainting uncrop expand canvas"),
    keys="E",
    icon="expand",
)
DETAIL = Action(
    QT_TRANSLATE_NOOP("Action", "Detail…"),
    tip=QT_TRANSLATE_NOOP("Action", "Generate what a word describes again at full size, such as a face"),
    synonyms=QT_TRANSLATE_NOOP("Action", "adetailer segment face hands fix restore refine inpaint"),
    keys="Shift+D",
    icon="sparkles",
)
ENLARGE = Action(
    QT_TRANSLATE_NOOP("Action", "Enlarge and refine…"),
    tip=QT_TRANSLATE_NOOP("Action", "Upscale the picture, and let the model refine it in tiles"),
    synonyms=QT_TRANSLATE_NOOP("Action", "upscale super resolution large 4k tiled diffusion multidiffusion ultimate"),
    keys="Shift+E",
    icon="maximize",
)
VARIATIONS = Action(
    QT_TRANSLATE_NOOP("Action", "Vary"),
    tip=QT_TRANSLATE_NOOP("Action", "Explore pictures near this one"),
    synonyms=QT_TRANSLATE_NOOP("Action", "variations variation subseed explore similar"),
    keys="Y",
    icon="compass",
)
KEEP_REACHED = Action(
    QT_TRANSLATE_NOOP("Action", "Keep"),
    tip=QT_TRANSLATE_NOOP("Action", "Save the picture as it is now"),
    keys="K",
    icon="image",
)
CANVAS_COLOUR = _create(
    QT_TRANSLATE_NOOP("Action", "Canvas colour…"),
    tip=QT_TRANSLATE_NOOP("Action", "Choose the colour behind transparent pictures"),
    synonyms=QT_TRANSLATE_NOOP("Action", "background ground checkerboard transparency dark light"),
    icon="contrast",
)
ACTUAL_SIZE = Action(QT_TRANSLATE_NOOP("Action", "Actual size"), keys="1", icon="search")
FIT = Action(
    QT_TRANSLATE_NOOP("Action", "Fit"),
    tip=QT_TRANSLATE_NOOP("Action", "Fit the picture in the window"),
    synonyms=QT_TRANSLATE_NOOP("Action", "zoom whole"),
    keys="0",
    icon="maximize",
)
NEXT_LOOK = Action(QT_TRANSLATE_NOOP("Action", "Next view"), keys="V")
FORMER_LOOK = Action(QT_TRANSLATE_NOOP("Action", "Previous view"), keys="Shift+V")
# Actions on the sheets over the canvas and on the Compare page.
OTHERS = Action(
    QT_TRANSLATE_NOOP("Action", "Shuffle"),
    tip=QT_TRANSLATE_NOOP("Action", "Show eight others at this distance"),
    keys="O",
    icon="dices",
)
FAVOUR = Action(
    QT_TRANSLATE_NOOP("Action", "Favourite"),
    tip=QT_TRANSLATE_NOOP("Action", "Mark the focused picture, or that in the centre, as a favourite"),
    keys="F",
    icon="star",
)
AXES = Action(
    QT_TRANSLATE_NOOP("Action", "Axes"),
    tip=QT_TRANSLATE_NOOP("Action", "Choose the two settings of the grid"),
    keys="G",
    icon="sliders-horizontal",
)
SAVE_SHEET = Action(
    QT_TRANSLATE_NOOP("Action", "Save"),
    tip=QT_TRANSLATE_NOOP("Action", "Save the sheet as one labelled picture"),
    keys="Ctrl+S",
    icon="download",
)
SAVE_FILM = Action(
    QT_TRANSLATE_NOOP("Action", "Save animation…"),
    tip=QT_TRANSLATE_NOOP("Action", "Save as WebP, GIF or MP4"),
    keys="Ctrl+S",
    icon="film",
)
USE_SHOWN = Action(
    QT_TRANSLATE_NOOP("Action", "Use"),
    tip=QT_TRANSLATE_NOOP("Action", "Use the settings of the picture shown"),
    keys="U",
    icon="sliders-horizontal",
)
FAVOUR_SHOWN = Action(
    QT_TRANSLATE_NOOP("Action", "Favourite"),
    tip=QT_TRANSLATE_NOOP("Action", "Mark the picture shown as a favourite"),
    keys="F",
    icon="star",
)
FIT_ALL = Action(
    QT_TRANSLATE_NOOP("Action", "Fit"),
    tip=QT_TRANSLATE_NOOP("Action", "Fit the pictures in their places"),
    synonyms=QT_TRANSLATE_NOOP("Action", "zoom whole"),
    keys="0",
    icon="maximize",
)
SWAP = Action(
    QT_TRANSLATE_NOOP("Action", "Swap"),
    tip=QT_TRANSLATE_NOOP("Action", "Reverse the order"),
    keys="S",
    icon="arrow-left-right",
)
ADD_FILES = Action(
    QT_TRANSLATE_NOOP("Action", "Add…"),
    tip=QT_TRANSLATE_NOOP("Action", "Add picture files"),
    keys="Ctrl+O",
    icon="image-plus",
)
CHOOSE_FILES = Action(
    QT_TRANSLATE_NOOP("Action", "Choose files…"),
    tip=QT_TRANSLATE_NOOP("Action", "Compare picture files"),
    keys="Ctrl+O",
)
_steps = partial(Action, group=QT_TRANSLATE_NOOP("Action", "Steps"), page="create")
PLAY = _steps(
    QT_TRANSLATE_NOOP("Action", "Play the steps"),
    synonyms=QT_TRANSLATE_NOOP("Action", "animate preview animation timelapse stop"),
    keys="R",
    icon="play",
)
PRESENT = _steps(
    QT_TRANSLATE_NOOP("Action", "Present the steps"),
    tip=QT_TRANSLATE_NOOP("Action", "Show the noisy and the predicted picture in full screen"),
    synonyms=QT_TRANSLATE_NOOP("Action", "presentation fullscreen slideshow lecture teach beamer projector"),
    keys="P",
    icon="maximize",
)
KEEP = _steps(
    QT_TRANSLATE_NOOP("Action", "Keep as picture"),
    tip=QT_TRANSLATE_NOOP("Action", "Save the prediction of this step in the gallery"),
    synonyms=QT_TRANSLATE_NOOP("Action", "save image intermediate"),
    icon="image",
)
BRANCH = _steps(
    QT_TRANSLATE_NOOP("Action", "Branch from here"),
    tip=QT_TRANSLATE_NOOP("Action", "Start the next pictures from this step"),
    synonyms=QT_TRANSLATE_NOOP("Action", "fork"),
    keys="B",
    icon="git-branch",
)
LEAVE_BRANCH = _steps(
    QT_TRANSLATE_NOOP("Action", "Leave the branch"),
    tip=QT_TRANSLATE_NOOP("Action", "Leave the branch; pictures start from noise again"),
)
COMPARE_FINAL = _steps(
    QT_TRANSLATE_NOOP("Action", "Compare with final"),
    tip=QT_TRANSLATE_NOOP("Action", "Compare this step with the last one"),
    icon="columns-2",
)
COPY = _steps(
    QT_TRANSLATE_NOOP("Action", "Copy"),
    tip=QT_TRANSLATE_NOOP("Action", "Copy this step as shown"),
    synonyms=QT_TRANSLATE_NOOP("Action", "clipboard"),
    keys="Ctrl+C",
    icon="copy",
)
WORDS = _steps(
    QT_TRANSLATE_NOOP("Action", "Effect of each word"),
    synonyms=QT_TRANSLATE_NOOP("Action", "attention maps cross-attention heatmap daam tokens words"),
    keys="W",
    icon="lightbulb",
)
NUMBERS = _steps(
    QT_TRANSLATE_NOOP("Action", "This step, in numbers"),
    tip=QT_TRANSLATE_NOOP("Action", "Show the formula of this step, its noise levels and its code"),
    synonyms=QT_TRANSLATE_NOOP("Action", "formula alpha sigma eta code python norms mathematics"),
    icon="sigma",
)
FILM = _steps(
    QT_TRANSLATE_NOOP("Action", "Export the animation…"),
    tip=QT_TRANSLATE_NOOP("Action", "Save the steps as an animation"),
    synonyms=QT_TRANSLATE_NOOP("Action", "film gif mp4 video webp movie"),
    keys="Ctrl+Shift+E",
    icon="film",
)
FAMILY = _steps(
    QT_TRANSLATE_NOOP("Action", "Family"),
    tip=QT_TRANSLATE_NOOP("Action", "Show its branches and its parents"),
    synonyms=QT_TRANSLATE_NOOP("Action", "parents children history tree lineage"),
    icon="network",
)
COMPARISON_PAGE = Action(
    QT_TRANSLATE_NOOP("Action", "Save the comparison as a web page"),
    tip=QT_TRANSLATE_NOOP("Action", "One file with the pictures and their settings, without links"),
    synonyms=QT_TRANSLATE_NOOP("Action", "export html take home"),
    icon="download",
    group=QT_TRANSLATE_NOOP("Action", "Compare"),
)
COMPARISON_NOTEBOOK = Action(
    QT_TRANSLATE_NOOP("Action", "Save the comparison as a notebook"),
    tip=QT_TRANSLATE_NOOP("Action", "Code that generates the same pictures with this program"),
    synonyms=QT_TRANSLATE_NOOP("Action", "export ipynb jupyter python take home"),
    icon="download",
    group=QT_TRANSLATE_NOOP("Action", "Compare"),
)
SAVE_COMPARISON = Action(
    QT_TRANSLATE_NOOP("Action", "Save as picture"),
    tip=QT_TRANSLATE_NOOP("Action", "Save the comparison as one labelled picture"),
    synonyms=QT_TRANSLATE_NOOP("Action", "export"),
    keys="Ctrl+S",
    icon="download",
    group=QT_TRANSLATE_NOOP("Action", "Compare"),
)
CLEAR_COMPARISON = Action(
    QT_TRANSLATE_NOOP("Action", "Clear"),
    tip=QT_TRANSLATE_NOOP("Action", "Compare something else"),
    icon="x",
    group=QT_TRANSLATE_NOOP("Action", "Compare"),
)
COMPARE_FILES = Action(
    QT_TRANSLATE_NOOP("Action", "Compare picture files…"),
    synonyms=QT_TRANSLATE_NOOP("Action", "side by side difference ab"),
    group=QT_TRANSLATE_NOOP("Action", "Compare"),
)
QUEUE = Action(
    QT_TRANSLATE_NOOP("Action", "Open or close the queue"),
    synonyms=QT_TRANSLATE_NOOP("Action", "jobs list enqueue pending history"),
    keys="Ctrl+J",
    group=QT_TRANSLATE_NOOP("Action", "Queue"),
)
PAUSE_QUEUE = Action(
    QT_TRANSLATE_NOOP("Action", "Pause or resume the queue"), group=QT_TRANSLATE_NOOP("Action", "Queue")
)
STOP_JOBS = Action(
    QT_TRANSLATE_NOOP("Action", "Stop all running jobs"),
    synonyms=QT_TRANSLATE_NOOP("Action", "cancel abort interrupt"),
    group=QT_TRANSLATE_NOOP("Action", "Queue"),
)
CLEAR_QUEUE = Action(
    QT_TRANSLATE_NOOP("Action", "Clear the queue"),
    tip=QT_TRANSLATE_NOOP("Action", "Remove all waiting pictures; Undo brings them back"),
    synonyms=QT_TRANSLATE_NOOP("Action", "cancel all empty"),
    icon="trash-2",
    group=QT_TRANSLATE_NOOP("Action", "Queue"),
)
QUEUE_ON_CLUSTER = Action(
    QT_TRANSLATE_NOOP("Action", "Run the queue on a cluster"),
    tip=QT_TRANSLATE_NOOP("Action", "Make all waiting pictures on the cluster of the settings"),
    synonyms=QT_TRANSLATE_NOOP("Action", "ray nodes machines distribute remote"),
    icon="network",
    group=QT_TRANSLATE_NOOP("Action", "Queue"),
)
# Actions on the selected item of the queue.
QUEUED = {
    "mend": Action(
        QT_TRANSLATE_NOOP("Action", "Fix"),
        tip=QT_TRANSLATE_NOOP("Action", "Try again with settings that work"),
        icon="sparkles",
    ),
    "retry": Action(QT_TRANSLATE_NOOP("Action", "Try again"), keys="R", icon="rotate-ccw"),
    "edit": Action(
        QT_TRANSLATE_NOOP("Action", "Edit"),
        tip=QT_TRANSLATE_NOOP("Action", "Edit its settings; Generate puts it back"),
        keys="Return",
        icon="pencil",
    ),
    "endless": Action(
        QT_TRANSLATE_NOOP("Action", "Repeat"),
        tip=QT_TRANSLATE_NOOP("Action", "Repeat with the next seeds until stopped"),
        keys="E",
        icon="repeat",
    ),
    "pause": Action(
        QT_TRANSLATE_NOOP("Action", "Pause"),
        tip=QT_TRANSLATE_NOOP("Action", "Pause or resume this one"),
        keys="Space",
        icon="pause",
    ),
    "duplicate": Action(
        QT_TRANSLATE_NOOP("Action", "Duplicate"),
        tip=QT_TRANSLATE_NOOP("Action", "Add a copy with the next seeds"),
        keys="D",
        icon="copy",
    ),
    "remove": Action(
        QT_TRANSLATE_NOOP("Action", "Remove"),
        tip=QT_TRANSLATE_NOOP("Action", "Remove it from the queue"),
        keys="Del",
        icon="trash-2",
    ),
}
_gallery = partial(Action, group=QT_TRANSLATE_NOOP("Action", "Gallery"), page="gallery")
FAVOURITE = _gallery(
    QT_TRANSLATE_NOOP("Action", "Favourite"),
    synonyms=QT_TRANSLATE_NOOP("Action", "star like heart bookmark"),
    keys="F",
    icon="star",
)
UNFAVOURITE = _gallery(QT_TRANSLATE_NOOP("Action", "Remove from favourites"), keys="F", icon="star")
TAG = _gallery(
    QT_TRANSLATE_NOOP("Action", "Tag"),
    tip=QT_TRANSLATE_NOOP("Action", "Add a tag"),
    synonyms=QT_TRANSLATE_NOOP("Action", "label keyword"),
    keys="T",
    icon="plus",
)
COLLECT = _gallery(
    QT_TRANSLATE_NOOP("Action", "Collection…"),
    tip=QT_TRANSLATE_NOOP("Action", "Add to a collection"),
    synonyms=QT_TRANSLATE_NOOP("Action", "album folder group set"),
    icon="layout-grid",
)
COMPARE = _gallery(
    QT_TRANSLATE_NOOP("Action", "Compare"),
    tip=QT_TRANSLATE_NOOP("Action", "Compare pictures side by side"),
    keys="C",
    icon="columns-2",
)
USE = _gallery(
    QT_TRANSLATE_NOOP("Action", "Use settings"),
    tip=QT_TRANSLATE_NOOP("Action", "Use all settings of this picture"),
    synonyms=QT_TRANSLATE_NOOP("Action", "send to txt2img recall remix load parameters workflow"),
    keys="U",
    icon="sliders-horizontal",
)
VARY = _gallery(
    QT_TRANSLATE_NOOP("Action", "Vary"),
    tip=QT_TRANSLATE_NOOP("Action", "Make similar pictures"),
    synonyms=QT_TRANSLATE_NOOP("Action", "variations variation subseed explore similar"),
    keys="Y",
    icon="compass",
)
SIMILAR = _gallery(
    QT_TRANSLATE_NOOP("Action", "Find similar"),
    tip=QT_TRANSLATE_NOOP("Action", "Show pictures like this one, by their prompts and their looks"),
    synonyms=QT_TRANSLATE_NOOP("Action", "like this related duplicates alike meaning semantic"),
    keys="L",
    icon="search",
)
STACKS = _gallery(
    QT_TRANSLATE_NOOP("Action", "Stacks"),
    tip=QT_TRANSLATE_NOOP("Action", "Show near-identical pictures that follow each other as one"),
    synonyms=QT_TRANSLATE_NOOP("Action", "group duplicates collapse expand series burst"),
    keys="Shift+S",
    icon="copy",
)
STACK = _gallery(
    QT_TRANSLATE_NOOP("Action", "Open or close the stack"),
    tip=QT_TRANSLATE_NOOP("Action", "Show all pictures of this stack, or only the newest"),
    synonyms=QT_TRANSLATE_NOOP("Action", "group collapse expand unstack"),
    keys="S",
)
REVIEW = _gallery(
    QT_TRANSLATE_NOOP("Action", "Review"),
    tip=QT_TRANSLATE_NOOP("Action", "Keep or delete pictures one by one: the selected ones, or all that are listed"),
    synonyms=QT_TRANSLATE_NOOP("Action", "cull culling sort rate pick reject slideshow"),
    keys="R",
    icon="check",
)
# Actions of the large view.
KEEP_SHOWN = Action(
    QT_TRANSLATE_NOOP("Action", "Keep"),
    tip=QT_TRANSLATE_NOOP("Action", "Mark as a favourite and show the next picture"),
    keys="K",
    icon="star",
)
REJECT_SHOWN = Action(
    QT_TRANSLATE_NOOP("Action", "Reject"),
    tip=QT_TRANSLATE_NOOP("Action", "Delete and show the next picture; Ctrl+Z brings it back"),
    synonyms=QT_TRANSLATE_NOOP("Action", "trash delete"),
    keys="X; Del",
    icon="trash-2",
)
SKIP_SHOWN = Action(
    QT_TRANSLATE_NOOP("Action", "Next"),
    tip=QT_TRANSLATE_NOOP("Action", "Show the next picture"),
    keys="Right",
    icon="chevron-right",
)
REPRODUCE = _gallery(
    QT_TRANSLATE_NOOP("Action", "Does it reproduce?"),
    tip=QT_TRANSLATE_NOOP("Action", "Generate it again from its file and compare"),
    synonyms=QT_TRANSLATE_NOOP("Action", "verify same check again"),
    icon="repeat",
)
REPORT = _gallery(
    QT_TRANSLATE_NOOP("Action", "Show file settings"),
    tip=QT_TRANSLATE_NOOP("Action", "Show which of its settings are used, ignored or unknown"),
    synonyms=QT_TRANSLATE_NOOP("Action", "metadata png info pnginfo parameters exif workflow read"),
)
DELETE = _gallery(
    QT_TRANSLATE_NOOP("Action", "Delete"),
    tip=QT_TRANSLATE_NOOP("Action", "Delete; Ctrl+Z brings it back"),
    synonyms=QT_TRANSLATE_NOOP("Action", "trash bin remove discard"),
    keys="Del",
    icon="trash-2",
    held=True,
)
LARGER = _gallery(QT_TRANSLATE_NOOP("Action", "Larger pictures"), keys="Ctrl++; Ctrl+=")
SMALLER = _gallery(QT_TRANSLATE_NOOP("Action", "Smaller pictures"), keys="Ctrl+-")
ADD_FOLDER = _gallery(
    QT_TRANSLATE_NOOP("Action", "Add folder…"),
    tip=QT_TRANSLATE_NOOP("Action", "Show the pictures of a folder without copying them"),
    synonyms=QT_TRANSLATE_NOOP("Action", "import browse open images output directory path"),
    icon="plus",
)
EXPORT = Action(
    QT_TRANSLATE_NOOP("Action", "Export…"),
    tip=QT_TRANSLATE_NOOP("Action", "Save larger, as SVG or as icons"),
    synonyms=QT_TRANSLATE_NOOP(
        "Action", "upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent"
    ),
    keys="Ctrl+E",
    icon="download",
    group=QT_TRANSLATE_NOOP("Action", "Gallery"),
)
UNDO = Action(
    QT_TRANSLATE_NOOP("Action", "Undo"),
    tip=QT_TRANSLATE_NOOP("Action", "Undo the last action"),
    synonyms=QT_TRANSLATE_NOOP("Action", "take back revert restore"),
    keys="Ctrl+Z",
    icon="undo-2",
)
REDO = Action(
    QT_TRANSLATE_NOOP("Action", "Redo"),
    tip=QT_TRANSLATE_NOOP("Action", "Repeat what was undone"),
    synonyms=QT_TRANSLATE_NOOP("Action", "again repeat"),
    keys="Ctrl+Shift+Z; Ctrl+Y",
    icon="redo-2",
)
OPEN_FOLDER = Action(
    QT_TRANSLATE_NOOP("Action", "Open folder"), tip=QT_TRANSLATE_NOOP("Action", "Open its folder"), icon="folder-open"
)
COPY_PICTURE = _gallery(
    QT_TRANSLATE_NOOP("Action", "Copy"),
    tip=QT_TRANSLATE_NOOP("Action", "Copy the picture for other programs"),
    synonyms=QT_TRANSLATE_NOOP("Action", "clipboard"),
    keys="Ctrl+C",
    icon="copy",
)
COPY_PATH = _gallery(
    QT_TRANSLATE_NOOP("Action", "Copy path"),
    tip=QT_TRANSLATE_NOOP("Action", "Copy the path of the picture's file"),
    synonyms=QT_TRANSLATE_NOOP("Action", "clipboard file name location folder"),
    icon="copy",
)
COPY_CREDIT = Action(
    QT_TRANSLATE_NOOP("Action", "Copy credit"),
    tip=QT_TRANSLATE_NOOP("Action", "Copy the credit for the training drawings"),
    icon="info",
)
# Menu of a picture beside the canvas.
MENU_BESIDE = (USE, OPEN_AS_SET, FAVOURITE, COPY_PICTURE, COPY_PATH, OPEN_FOLDER, EXPORT, COPY_CREDIT, DELETE)
# Menu of a picture on the gallery page.
MENU = (
    USE,
    VARY,
    REPRODUCE,
    OPEN_AS_SET,
    SIMILAR,
    STACK,
    REVIEW,
    FAVOURITE,
    TAG,
    COLLECT,
    COMPARE,
    COPY_PICTURE,
    COPY_PATH,
    OPEN_FOLDER,
    EXPORT,
    COPY_CREDIT,
    DELETE,
)
_models = partial(Action, group=QT_TRANSLATE_NOOP("Action", "Models"), page="models", icon="plus")
ADD_MODEL_FILES = _models(
    QT_TRANSLATE_NOOP("Action", "Add model files…"),
    tip=QT_TRANSLATE_NOOP("Action", "Use model files where they are, without copying them"),
    synonyms=QT_TRANSLATE_NOOP("Action", "import load install open checkpoints lora vae safetensors gguf"),
)
ADD_MODEL_FOLDER = _models(
    QT_TRANSLATE_NOOP("Action", "Add a folder of models…"),
    tip=QT_TRANSLATE_NOOP("Action", "Use the models of another program without copying them"),
    synonyms=QT_TRANSLATE_NOOP("Action", "import comfyui a1111 forge directory path checkpoints loras"),
)
GET_MODEL = _models(
    QT_TRANSLATE_NOOP("Action", "Get a model…"),
    tip=QT_TRANSLATE_NOOP("Action", "Download a model with all its parts, or resume a download"),
    synonyms=QT_TRANSLATE_NOOP("Action", "download hugging face hub url internet flux sdxl install"),
)
FREE_MEMORY = _models(
    QT_TRANSLATE_NOOP("Action", "Free memory"),
    tip=QT_TRANSLATE_NOOP("Action", "Give back all memory of the models, also on the GPU"),
    synonyms=QT_TRANSLATE_NOOP("Action", "unload models vram gpu ram release engine restart"),
)
_go_to = partial(Action, group=QT_TRANSLATE_NOOP("Action", "Go to"))
GO_TO = {
    "create": _go_to(QT_TRANSLATE_NOOP("Action", "Create"), keys="Ctrl+1"),
    "gallery": _go_to(
        QT_TRANSLATE_NOOP("Action", "Gallery"),
        synonyms=QT_TRANSLATE_NOOP("Action", "browser images outputs history"),
        keys="Ctrl+2",
    ),
    "compare": _go_to(QT_TRANSLATE_NOOP("Action", "Compare"), keys="Ctrl+3"),
    "models": _go_to(
        QT_TRANSLATE_NOOP("Action", "Models"),
        synonyms=QT_TRANSLATE_NOOP("Action", "checkpoints ckpt lora weights safetensors load install"),
        keys="Ctrl+4",
    ),
    "learn": _go_to(
        QT_TRANSLATE_NOOP("Action", "Learn"),
        tip=QT_TRANSLATE_NOOP("Action", "Watch samplers on points in the plane"),
        synonyms=QT_TRANSLATE_NOOP("Action", "lab plane toy points score course lesson"),
        keys="Ctrl+5",
    ),
    "train": _go_to(
        QT_TRANSLATE_NOOP("Action", "Train"),
        tip=QT_TRANSLATE_NOOP("Action", "Teach a model from your own pictures"),
        synonyms=QT_TRANSLATE_NOOP("Action", "lora finetune fine-tune dreambooth own style dataset"),
        keys="Ctrl+6",
    ),
    "family-tree": _go_to(
        QT_TRANSLATE_NOOP("Action", "Family tree"),
        tip=QT_TRANSLATE_NOOP("Action", "Compare the systems of the literature"),
        icon="network",
    ),
    "settings": _go_to(
        QT_TRANSLATE_NOOP("Action", "Settings"),
        synonyms=QT_TRANSLATE_NOOP("Action", "preferences options configuration config"),
        keys="Ctrl+,",
        icon="settings",
    ),
}
SEARCH_FIELD = _go_to(
    QT_TRANSLATE_NOOP("Action", "Search field"), synonyms=QT_TRANSLATE_NOOP("Action", "find filter"), keys="/"
)
PALETTE = Action(
    QT_TRANSLATE_NOOP("Action", "Search actions"),
    tip=QT_TRANSLATE_NOOP("Action", "Find any action by name"),
    synonyms=QT_TRANSLATE_NOOP("Action", "command palette commands"),
    keys="Ctrl+K",
)
SHORTCUTS = Action(
    QT_TRANSLATE_NOOP("Action", "Keyboard shortcuts"),
    synonyms=QT_TRANSLATE_NOOP("Action", "help hotkeys keys manual documentation"),
    keys="F1; ?",
)
THEMES = {
    "system": Action(
        QT_TRANSLATE_NOOP("Action", "Desktop theme"), synonyms=QT_TRANSLATE_NOOP("Action", "system auto appearance")
    ),
    "dark": Action(
        QT_TRANSLATE_NOOP("Action", "Dark theme"), synonyms=QT_TRANSLATE_NOOP("Action", "night mode appearance")
    ),
    "light": Action(
        QT_TRANSLATE_NOOP("Action", "Light theme"), synonyms=QT_TRANSLATE_NOOP("Action", "day mode appearance")
    ),
}
FULL_SCREEN = Action(
    QT_TRANSLATE_NOOP("Action", "Toggle full screen"),
    synonyms=QT_TRANSLATE_NOOP("Action", "fullscreen maximise maximize window"),
    keys="F11",
)
SIDE_PANELS = _create(
    QT_TRANSLATE_NOOP("Action", "Side panels"),
    tip=QT_TRANSLATE_NOOP("Action", "Hide or show the side panels; Tab works after a click on the canvas"),
    synonyms=QT_TRANSLATE_NOOP("Action", "toggle sidebar focus mode zen distraction"),
    keys="Ctrl+B; Tab",
)
NEXT_PANE = Action(
    QT_TRANSLATE_NOOP("Action", "Next part of the page"),
    tip=QT_TRANSLATE_NOOP("Action", "Move the keyboard focus to the picture, the list, the top bar and back"),
    synonyms=QT_TRANSLATE_NOOP("Action", "pane panel switch cycle focus region"),
    keys="F6",
)
PREVIOUS_PANE = Action(QT_TRANSLATE_NOOP("Action", "Previous part of the page"), keys="Shift+F6")
ABOUT = Action(
    QT_TRANSLATE_NOOP("Action", "About this computer"),
    synonyms=QT_TRANSLATE_NOOP("Action", "doctor system info diagnostics health version report gpu memory"),
)
QUIT = Action(QT_TRANSLATE_NOOP("Action", "Quit"), synonyms=QT_TRANSLATE_NOOP("Action", "exit close"), keys="Ctrl+Q")
