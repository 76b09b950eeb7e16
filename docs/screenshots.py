"""Takes the pictures of the README and the tour from the running window: `python docs/screenshots.py` (offscreen)."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QBuffer

from gdm_studio.engine import threads
from gdm_studio.models.library import Library
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.shell.window import Window

HERE = Path(__file__).parent
BEFORE = (
    ("a rocket", "fluent-emoji-flat"), ("a strawberry", "noto"), ("a penguin", "twemoji"), ("a skull", "noto"),
    ("a red heart", "noto"), ("a sunflower", "noto"), ("a mushroom", "twemoji"), ("a house", "noto"),
    ("a light bulb", "fluent-emoji-flat"), ("a butterfly", "twemoji"), ("a red apple", "noto"), ("a fox", "twemoji"),
    ("a crown", "twemoji"), ("a cactus", "fluent-emoji-flat"),
)  # fmt: skip
SHOWN = ("a cheerful panda", "noto")
STOP_AT = 12  # the step at which the running window is taken
SIZE = (1280, 800)
SETTLED = 1.5  # seconds in which previews become sharp and lists are filled
PATIENCE = 300  # seconds for anything
GRID = (("sampler", "dpmpp_2m, ddim, euler_a, unipc"), ("steps", "8, 14, 20"))


class Tour:
    """Walks through the window; `grab(name)` saves what it looks like, in dark unless asked otherwise."""

    def __init__(self, window: Window, out: Path) -> None:
        self._window, self._out = window, out

    async def all(self) -> None:
        window = self._window
        window.show()
        await window.painted.wait()
        window.start()
        window.resize(*SIZE)
        await until(lambda: window.making.device != "")
        await self.making()
        await self.steps()
        await self.sheets()
        await self.gallery()
        await self.about_the_window()
        window.close()
        await window.closed.wait()

    async def making(self) -> None:
        """A gallery of small things, then a run held at a step."""
        window = self._window
        for prompt, style in BEFORE:
            await self.make(prompt, style)
        controls = window.create_page.controls
        controls.prompt.set_text(SHOWN[0])
        controls.draft.change(style=SHOWN[1])
        controls.button.click()
        await until(lambda: (view := window.viewer.view()) is not None and view.index >= STOP_AT)
        window.making.toggle_pause()
        await asyncio.sleep(SETTLED)
        await self.grab("window", "light", "dark")
        window.making.toggle_pause()
        await until(lambda: window.making.job is None)

    async def make(self, prompt: str, style: str) -> None:
        controls = self._window.create_page.controls
        controls.prompt.set_text(prompt)
        controls.draft.change(style=style)
        controls.button.click()
        await until(lambda: self._window.making.job is None)

    async def steps(self) -> None:
        """The steps of a picture that was made a while ago."""
        window = self._window
        window.turn_to("gallery")
        await asyncio.sleep(SETTLED)
        picture = (await window.shelf.ask(lambda gallery: gallery.page()))[2]
        window.gallery_page.activated.emit(picture)
        await asyncio.sleep(2 * SETTLED)
        window.viewer.look_at(9)
        await asyncio.sleep(SETTLED)
        await self.grab("tour-steps")

    async def sheets(self) -> None:
        """A grid over two settings, and variations."""
        window, sheets = self._window, self._window.tools.sheets
        window.create_page.controls.prompt.set_text("a red apple")
        sheets.grids.open_axes()
        sheets.grids.view.axes.setChecked(False)
        sheets.grids.make(*GRID)
        await self.filled()
        await self.grab("tour-grid")
        window.create_page.stage.set_mode("")
        sheets.vary()
        await self.filled()
        await self.grab("tour-vary")
        window.create_page.stage.set_mode("")

    async def filled(self) -> None:
        """Until every cell of a sheet has its picture."""
        await asyncio.sleep(SETTLED)
        await until(lambda: self._window.tools.sheets.batch.job is None)
        await asyncio.sleep(SETTLED)

    async def gallery(self) -> None:
        """The gallery, two of its pictures side by side, the models."""
        window = self._window
        window.turn_to("gallery")
        await asyncio.sleep(SETTLED)
        pictures = await window.shelf.ask(lambda gallery: gallery.page())
        window.gallery_page.select(pictures[3].id)
        await asyncio.sleep(SETTLED)
        await self.grab("gallery")
        window.comparing.open_pictures(pictures[:2])
        await asyncio.sleep(SETTLED)
        await self.grab("tour-compare")
        window.turn_to("models")
        await asyncio.sleep(SETTLED)
        await self.grab("models", "light")

    async def about_the_window(self) -> None:
        """The palette, the settings, the queue with something to do."""
        window = self._window
        window.turn_to("create")
        window.commands.open_palette()
        assert window.commands.palette is not None
        window.commands.palette.field.setText("style")
        await self.grab("tour-palette")
        window.commands.open_palette()
        window.turn_to("settings")
        await asyncio.sleep(3 * SETTLED)
        await self.grab("tour-settings", "light")
        window.turn_to("create")
        window.create_page.controls.draft.change(count=4)
        window.create_page.controls.button.click()
        await until(lambda: window.making.job is not None)
        for prompt, style in BEFORE[:3]:
            window.create_page.controls.prompt.set_text(prompt)
            window.create_page.controls.draft.change(style=style)
            window.generate()
        window.queue.toggle()
        await until(lambda: window.viewer.view() is not None)
        await asyncio.sleep(SETTLED)
        window.making.toggle_pause()
        await asyncio.sleep(SETTLED)
        window.create_page.notices().clear()
        await self.grab("tour-queue")

    async def grab(self, name: str, *schemes: str) -> None:
        for scheme in schemes or ("dark",):
            self._window.theme.set_scheme(scheme)
            await asyncio.sleep(0.4)
            _save(self._window, self._out / f"{name}-{scheme}.png")


def _save(window: Window, path: Path) -> None:
    """As a small PNG: without the alpha that a window has no use for."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    grab = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
    grab.quantize(256, kmeans=4, dither=Image.Dither.NONE).save(path, optimize=True)  # a third of the bytes


async def until(reason: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not reason():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.005)


def main() -> int:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    out.mkdir(parents=True, exist_ok=True)
    threads.prepare()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "GDM_STUDIO_HOME": str(Path(home, "GDM Studio"))}
        app = application()
        with event_loop(app) as loop:
            loop.run_until_complete(Tour(Window(Theme(app), Library()), out).all())
    return 0


if __name__ == "__main__":
    sys.exit(main())
