"""Takes the pictures of the README and the tour from the running window: `python docs/screenshots.py` (offscreen)."""

from __future__ import annotations

import argparse
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

from gdm_studio.engine import torch_startup
from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.theme import Theme

HERE = Path(__file__).parent
BEFORE = (
    ("a rocket", "fluent-emoji-flat"), ("a strawberry", "noto"), ("a penguin", "twemoji"), ("a skull", "noto"),
    ("a red heart", "noto"), ("a sunflower", "noto"), ("a mushroom", "twemoji"), ("a house", "noto"),
    ("a light bulb", "fluent-emoji-flat"), ("a butterfly", "twemoji"), ("a red apple", "noto"), ("a fox", "twemoji"),
    ("a watermelon", "twemoji"), ("a cactus", "fluent-emoji-flat"),
)  # fmt: skip
SHOWN = ("a cheerful panda", "noto")
STOP_AT = 12  # the step at which the running window is taken
SIZE = (1280, 800)
SETTLED = 1.5  # seconds in which previews become sharp and lists are filled
PATIENCE = 300  # seconds for anything
GRID = (("sampler", "dpmpp_2m, ddim, euler_a, unipc"), ("steps", "8, 14, 20"))


class Tour:
    """Tour through the window. `grab(name)` saves a screenshot, by default in the dark theme."""

    def __init__(self, window: Window, out: Path) -> None:
        self._window, self._out = window, out

    async def all(self) -> None:
        window = self._window
        window.show()
        await window.painted.wait()
        window.start()
        window.resize(*SIZE)
        await until(lambda: window.generation.device != "")
        await self.running()
        await self.steps()
        await self.sheets()
        await self.gallery()
        await self.about_the_window()
        window.close()
        await window.closed.wait()

    async def running(self) -> None:
        """Generate a gallery of small things, then pause a run at a step and take the window."""
        window = self._window
        for prompt, style in BEFORE:
            await self.generate(prompt, style)
        controls = window.create_page.controls
        controls.prompt.set_text(SHOWN[0])
        controls.request_draft.change(style=SHOWN[1])
        controls.button.click()
        await until(lambda: (view := window.viewer.view()) is not None and view.index >= STOP_AT)
        window.generation.toggle_pause()
        await asyncio.sleep(SETTLED)
        await self.grab("window", "light", "dark")
        window.generation.toggle_pause()
        await until(lambda: window.generation.job is None)

    async def generate(self, prompt: str, style: str) -> None:
        controls = self._window.create_page.controls
        controls.prompt.set_text(prompt)
        controls.request_draft.change(style=style)
        controls.button.click()
        await until(lambda: self._window.generation.job is None)

    async def steps(self) -> None:
        """Take the saved steps of an earlier picture."""
        window = self._window
        window.open_page("gallery")
        await asyncio.sleep(SETTLED)
        picture = (await window.gallery.ask(lambda gallery: gallery.page()))[2]
        window.gallery_page.activated.emit(picture)
        await asyncio.sleep(2 * SETTLED)
        window.viewer.show_step(9)
        await asyncio.sleep(SETTLED)
        await self.grab("tour-steps")

    async def sheets(self) -> None:
        """Take a grid over two settings, and variations."""
        window, sheets = self._window, self._window.tools.boards
        window.create_page.controls.prompt.set_text("a red apple")
        sheets.grid.open_axes()
        sheets.grid.view.axes.setChecked(False)
        sheets.grid.make(*GRID)
        await self.wait_for_cells()
        await self.grab("tour-grid")
        window.create_page.canvas_panel.set_mode("")
        sheets.vary()
        await self.wait_for_cells()
        await self.grab("tour-vary")
        window.create_page.canvas_panel.set_mode("")

    async def wait_for_cells(self) -> None:
        """Wait until every cell of a sheet has its picture."""
        await asyncio.sleep(SETTLED)
        await until(lambda: self._window.tools.boards.runner.job is None)
        await asyncio.sleep(SETTLED)

    async def gallery(self) -> None:
        """Take the gallery, two of its pictures side by side, and the models."""
        window = self._window
        window.open_page("gallery")
        await asyncio.sleep(SETTLED)
        pictures = await window.gallery.ask(lambda gallery: gallery.page())
        window.gallery_page.select(pictures[3].id)
        await asyncio.sleep(SETTLED)
        await self.grab("gallery")
        window.compare_controller.open_pictures(pictures[:2])
        await asyncio.sleep(SETTLED)
        await self.grab("tour-compare")
        window.open_page("models")
        await asyncio.sleep(SETTLED)
        await self.grab("models", "light")

    async def about_the_window(self) -> None:
        """Take the palette, the settings, and the queue with waiting items."""
        window = self._window
        window.open_page("create")
        window.commands.open_palette()
        assert window.commands.palette is not None
        window.commands.palette.field.setText("style")
        await self.grab("tour-palette")
        window.commands.open_palette()
        window.open_page("settings")
        await asyncio.sleep(3 * SETTLED)
        await self.grab("tour-settings", "light")
        window.open_page("create")
        window.create_page.controls.request_draft.change(count=4)
        window.create_page.controls.button.click()
        await until(lambda: window.generation.job is not None)
        for prompt, style in BEFORE[:3]:
            window.create_page.controls.prompt.set_text(prompt)
            window.create_page.controls.request_draft.change(style=style)
            window.generate()
        window.queue.toggle()
        await until(lambda: window.viewer.view() is not None)
        await asyncio.sleep(SETTLED)
        window.generation.toggle_pause()
        await asyncio.sleep(SETTLED)
        window.create_page.notices().clear()
        await self.grab("tour-queue")

    async def grab(self, name: str, *schemes: str) -> None:
        for scheme in schemes or ("dark",):
            self._window.theme.set_scheme(scheme)
            await asyncio.sleep(0.4)
            _save(self._window, self._out / f"{name}-{scheme}.webp")


def _save(window: Window, path: Path) -> None:
    """Save the window as a WebP image without alpha: with 256 colours or with losses, whichever is smaller."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    grab = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
    colours = grab.quantize(256, kmeans=4, dither=Image.Dither.NONE)
    exact, lossy = io.BytesIO(), io.BytesIO()
    colours.convert("RGB").save(exact, "WEBP", lossless=True, quality=100, method=6)
    grab.save(lossy, "WEBP", quality=72, method=6)
    path.write_bytes(min(exact.getvalue(), lossy.getvalue(), key=len))


async def until(reason: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not reason():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.005)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=HERE, help="folder to write to (default: docs)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch_startup.prepare()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "GDM_STUDIO_HOME": str(Path(home, "GDM Studio"))}
        app = application()
        with event_loop(app) as loop:
            loop.run_until_complete(Tour(Window(Theme(app), Library()), out).all())
    return 0


if __name__ == "__main__":
    sys.exit(main())
