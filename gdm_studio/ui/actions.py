"""What people can do, an entry each: buttons, menus, keys, the palette and the sheet of shortcuts read it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtGui import QKeySequence

HERE = "Here"  # the group of what is in sight on the page that is open
_WORDS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Ctrl+Return": "Ctrl+Enter", "Return": "Enter"}


def nothing() -> None: ...


def always() -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """Something to do, under the name it has everywhere; `does` says what, where that is known."""

    label: str
    tip: str = ""  # what it does, where the label does not say it
    synonyms: str = ""  # what people of other tools type for it
    keys: str = ""  # as Qt writes them, several as "F1; ?"
    icon: str = ""
    group: str = ""  # "Create", "Gallery", …: said before the label
    page: str = ""  # the one page its keys hold on, which the palette opens before it; "" for every page
    held: bool = False  # its keys are heard by what shows it, while the focus is there
    act: Callable[[], object] = nothing
    when: Callable[[], bool] = always  # whether there is anything to do now

    def does(self, act: Callable[[], object], when: Callable[[], bool] = always) -> Action:
        """The same, ready to be done."""
        return replace(self, act=act, when=when)

    @property
    def keyless(self) -> Action:
        """The same where its keys do not hold."""
        return replace(self, keys="")

    @property
    def name(self) -> str:
        """The group and the label: no two actions have the same."""
        return f"{self.group}: {self.label}" if self.group else self.label

    @property
    def tooltip(self) -> str:
        return said(self.tip or self.label, self.keys)


def said(words: str, keys: str) -> str:
    """A tooltip's words with their keys behind them: here alone the two are put together."""
    return f"{words} ({', '.join(shown_keys(keys))})" if keys else words


def shown_keys(keys: str) -> list[str]:
    """The keys as people read them on this desktop: "Ctrl+K", "⌘K"."""
    written = [QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText) for text in keys.split("; ") if text]
    return [_WORDS.get(text, text) for text in written]


def going_on(changes: str) -> tuple[str, str]:
    """What going on with a paused run is called, and what it does with what was changed meanwhile, "" for nothing."""
    if changes:
        return "Continue with changes", f"Make the steps left with {changes}"
    return "Resume", "Make the steps left"


# the settings' other words, by their titles
SETTINGS = {
    "Prompt": "positive text description caption", "Negative prompt": "exclude avoid unwanted without uncond",
    "Style": "look preset artist lora", "Model": "checkpoint ckpt weights safetensors unet",
    "Seed": "fixed noise number", "Pictures": "batch count batch size images amount how many number",
    "Scheduler": "sampler sampling method solver ksampler",
    "Step spacing": "schedule type scheduler sigmas timesteps noise schedule karras",
    "Steps": "sampling steps iterations quality",
    "Guidance": "cfg scale classifier free guidance scale strictness adherence",
    "Temperature": "creativity variety diversity", "Strength": "denoise denoising strength",
    "Size": "width height resolution dimensions aspect ratio", "Device": "gpu cuda cpu mps hardware",
    "Precision": "fp16 fp32 bf16 half float dtype", "At once": "parallel vram memory together",
    "Guidance rescale": "cfg rescale", "Clip skip": "clip stop at last layers", "Second pass": "hires fix upscale by",
    "Second pass, strength": "hires fix denoising strength", "Refiner's share": "refiner switch at",
}  # fmt: skip

# fmt: off
_create = partial(Action, group="Create", page="create")
GENERATE = Action("Generate", "Make the picture", "run create draw render invoke imagine txt2img text2image go",
                  "Ctrl+Return", group="Create")
STOP = _create("Stop", "Stop after this step", "interrupt cancel abort skip", "Esc")
PAUSE = _create("Pause or go on", "", "resume continue hold", "Space")
STEP_BACK, STEP_ON = _create("One step back", keys="Left"), _create("One step on", keys="Right")
FIRST_STEP, NEWEST_STEP = _create("First step", keys="Home"), _create("Newest step", keys="End")
ANOTHER_SEED = _create("Another seed", "", "random randomize randomise dice roll reroll", icon="dices")
COMPARE_SCHEDULERS = _create("Compare schedulers", "Same seed, many schedulers", "samplers", icon="grid-3x3")
START_FROM = _create("Start from a picture…", "",
                     "img2img image to image i2i init input load upload inpaint inpainting mask sketch",
                     icon="image-plus")
PASTE = _create("Paste a picture", "Start from the picture on the clipboard", "img2img clipboard image", "Ctrl+V")
RESET = _create("Back to the model's defaults", "", "reset clear restore settings")
GRID = _create("Grid over two settings…", "", "xyz plot xy matrix x/y/z prompt matrix", "Ctrl+G")
SHOW_GRID = _create("Show the grid")
VARY_PICTURE = _create("Vary the picture", "", "variations variation subseed explore similar")
BETWEEN = _create("Pictures between two seeds or prompts", "", "interpolate interpolation morph blend travel slerp")
FAST = Action("Fast", "A quicker version of this model, in a few steps", "turbo lightning lcm distilled speed",
              icon="zap", group="Create")
LIVE = Action("Live", "The picture follows the prompt and the sliders, always from the same noise",
              "realtime real time interactive auto", "Ctrl+L", "activity", group="Create")
SET = Action("Set", "A list of things becomes a set of pictures in one style",
             "prompts from file series icons batches dynamic wildcards", "Ctrl+T", "layout-grid", group="Create")

# on the canvas, and what stands beside the prompt
EXAMPLES = Action("Examples", "Example prompts", "ideas inspiration templates sample", "Ctrl+I", "lightbulb")
ADD_NOISE = Action("Add noise", "Add noise to the picture, as far as you like", "noising forward diffuse denoise",
                   "N", "waves")
INVERT = Action("Invert", "Find the noise this picture comes out of", "inversion ddim reverse", "I", "rewind")
USE_AS_START = Action("Use as start", "The next pictures start from this one",
                      "img2img image to image i2i init send to", "S", "image-up")
MASK = Action("Mask", "Paint what should be made anew", "inpaint inpainting brush edit part retouch outpaint",
              "M", "brush")
EXTEND = Action("Extend", "Paint around the picture, in a larger frame", "", "E", "expand")
VARIATIONS = Action("Vary", "Pictures near this one, to walk among", "variations variation subseed explore similar",
                    "X", "compass")
KEEP_REACHED = Action("Keep", "Keep what has been reached", "", "K", "image")
ACTUAL_SIZE = Action("Actual size", "", "", "1", "search")
FIT = Action("Fit", "Fit the picture in the window", "zoom whole", "0", "maximize")
NEXT_LOOK, FORMER_LOOK = Action("Next look", keys="V"), Action("Previous look", keys="Shift+V")

# on the sheets over the canvas, and on the Compare page
OTHERS = Action("Others", "Eight others at this distance", "", "O", "dices")
FAVOUR = Action("Favourite", "Make the middle, or the one in focus, a favourite", "", "F", "star")
AXES = Action("Axes", "What the grid goes over", "", "G", "sliders-horizontal")
SAVE_SHEET = Action("Save", "Save the sheet as one labelled picture", "", "Ctrl+S", "download")
SAVE_FILM = Action("Save film…", "As WebP, GIF or MP4", "", "Ctrl+S", "film")
USE_SHOWN = Action("Use", "Use the settings of the picture shown", "", "U", "sliders-horizontal")
FAVOUR_SHOWN = Action("Favourite", "Make the picture shown a favourite", "", "F", "star")
FIT_ALL = Action("Fit", "Fit the pictures in their places", "zoom whole", "0", "maximize")
SWAP = Action("Swap", "Turn their order round", "", "S", "arrow-left-right")
ADD_FILES = Action("Add…", "Add picture files", "", "Ctrl+O", "image-plus")
CHOOSE_FILES = Action("Choose files…", "Compare picture files", "", "Ctrl+O")

_steps = partial(Action, group="Steps", page="create")
PLAY = _steps("Play the steps", "", "animate preview animation timelapse stop", "R", "play")
KEEP = _steps("Keep as picture", "What this step predicts, in the gallery", "save image intermediate", icon="image")
BRANCH = _steps("Branch from here", "The next pictures leave the path at this step", "fork", "B", "git-branch")
LEAVE_BRANCH = _steps("Leave the branch", "Leave the branch: pictures begin anew")
COMPARE_FINAL = _steps("Compare with final", "This step beside the last one", icon="columns-2")
COPY = _steps("Copy", "This step, as it is shown", "clipboard", "Ctrl+C", "copy")
WORDS = _steps("What each word did", "", "attention maps cross-attention heatmap daam tokens words", "W", "lightbulb")
FILM = _steps("Export the film…", "Of the steps", "gif mp4 video animation webp movie", "Ctrl+Shift+E", "film")
FAMILY = _steps("Family", "Its branches and what it branches from", "parents children history tree lineage",
                icon="network")

SAVE_COMPARISON = Action("Save as picture", "Keep it as one labelled picture", "export", "Ctrl+S", "download",
                         "Compare")
CLEAR_COMPARISON = Action("Clear", "Compare something else", "", "", "x", "Compare")
COMPARE_FILES = Action("Compare picture files…", "", "side by side difference ab", group="Compare")

QUEUE = Action("Open or close the queue", "", "jobs list enqueue pending history", "Ctrl+J", group="Queue")
PAUSE_QUEUE = Action("Pause the queue or go on", group="Queue")
CLEAR_QUEUE = Action("Clear the queue", "Take out everything that waits; it can be brought back", "cancel all empty",
                     icon="trash-2", group="Queue")
QUEUED = {  # the queue's selected row
    "mend": Action("Mend", "Try again, changed so that it can work", icon="sparkles"),
    "retry": Action("Try again", "", "", "R", "rotate-ccw"),
    "edit": Action("Edit", "Edit: its settings go to the controls, Generate puts it back", "", "Return", "pencil"),
    "endless": Action("Until stopped", "Until stopped: go on with the next seeds", "", "E", "repeat"),
    "pause": Action("Pause", "Hold this one, or let it go on", "", "Space", "pause"),
    "duplicate": Action("Duplicate", "Once more, with the next seeds", "", "D", "copy"),
    "remove": Action("Remove", "Take it out of the queue", "", "Del", "trash-2"),
}

_gallery = partial(Action, group="Gallery", page="gallery")
FAVOURITE = _gallery("Favourite", "", "star like heart bookmark", "F", "star")
UNFAVOURITE = _gallery("Not a favourite any more", keys="F", icon="star")
TAG = _gallery("Tag", "Put a tag on", "label keyword", "T", "plus")
COLLECT = _gallery("Collection…", "Put into a collection", "album folder group set", icon="layout-grid")
COMPARE = _gallery("Compare", "Look at pictures side by side", "", "C", "columns-2")
USE = _gallery("Use settings", "Set everything as for this picture",
               "send to txt2img recall remix load parameters workflow", "U", "sliders-horizontal")
VARY = _gallery("Vary", "Pictures like it", "variations variation subseed explore similar", "V", "compass")
REPRODUCE = _gallery("Does it reproduce?", "Make it again from its file, and compare", "verify same check again",
                     icon="repeat")
REPORT = _gallery("What its file says", "What of its settings is used, ignored, unknown",
                  "metadata png info pnginfo parameters exif workflow read")
DELETE = _gallery("Delete", "Delete; Ctrl+Z takes that back", "trash bin remove discard", "Del", "trash-2", held=True)
LARGER, SMALLER = _gallery("Larger pictures", keys="Ctrl++; Ctrl+="), _gallery("Smaller pictures", keys="Ctrl+-")
ADD_FOLDER = _gallery("Add folder…", "Show the pictures of a folder where they are",
                      "import browse open images output directory path", icon="plus")
EXPORT = Action("Export…", "Larger, as SVG, as icons of every kind",
                "upscale enlarge hires resize download save ico icns webp jpeg super resolution transparent",
                "Ctrl+E", "download", "Gallery")
UNDO = Action("Undo", "Take back what was done last", "take back revert restore", "Ctrl+Z", "undo-2")
OPEN_FOLDER = Action("Open folder", "Open its folder", icon="folder-open")
COPY_PICTURE = _gallery("Copy", "The picture, for any program", "clipboard", "Ctrl+C", "copy")
COPY_CREDIT = Action("Copy credit", "Whose drawings the model learned from, to name them", icon="info")
MENU_BESIDE = (USE, FAVOURITE, COPY_PICTURE, OPEN_FOLDER, EXPORT, COPY_CREDIT, DELETE)  # of a picture beside the canvas
MENU = (  # and of one on the gallery's page
    USE, VARY, REPRODUCE, FAVOURITE, TAG, COLLECT, COMPARE, COPY_PICTURE, OPEN_FOLDER, EXPORT, COPY_CREDIT, DELETE,
)

_go_to = partial(Action, group="Go to")
GO_TO = {
    "create": _go_to("Create", keys="Ctrl+1"),
    "gallery": _go_to("Gallery", "", "browser images outputs history", "Ctrl+2"),
    "compare": _go_to("Compare", keys="Ctrl+3"),
    "models": _go_to("Models", "", "checkpoints ckpt lora weights safetensors load install", "Ctrl+4"),
    "family-tree": _go_to("Family tree", "The systems of the literature: how they differ", icon="network"),
    "settings": _go_to("Settings", "", "preferences options configuration config", "Ctrl+,", "settings"),
}
SEARCH_FIELD = _go_to("Search field", "", "find filter", "/")
PALETTE = Action("Search actions", "Everything that can be done, by name", "command palette commands", "Ctrl+K")
SHORTCUTS = Action("Keyboard shortcuts", "", "help hotkeys keys manual documentation", "F1; ?")
THEMES = {
    "system": Action("The desktop's theme", "", "system auto appearance"),
    "dark": Action("Dark theme", "", "night mode appearance"),
    "light": Action("Light theme", "", "day mode appearance"),
}
FULL_SCREEN = Action("Full screen or not", "", "fullscreen maximise maximize window", "F11")
ABOUT = Action("About this computer", "", "doctor system info diagnostics health version report gpu memory")
QUIT = Action("Quit", "", "exit close", "Ctrl+Q")
# fmt: on
