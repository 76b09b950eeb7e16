"""Takes the README's screenshots from the running window: `python docs/screenshots.py` (offscreen, real model)."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gdm_studio.engine import threads
from gdm_studio.models.library import Library
from gdm_studio.ui.app import application, event_loop
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.window import Window

HERE = Path(__file__).parent
BEFORE = (
    ("a rocket", "fluent-emoji-flat"), ("a strawberry", "noto"), ("a smiling face", "twemoji"), ("a skull", "noto"),
    ("a red heart", "fluent-emoji"), ("a sunflower", "noto"), ("a mushroom", "twemoji"), ("a house", "noto"),
    ("a light bulb", "fluent-emoji-flat"), ("a car", "noto"), ("a red apple", "noto"), ("a star", "noto"),
    ("a glass of red wine", "noto"), ("a prickly cactus", "noto"),
)  # fmt: skip
SHOWN = ("a cheerful panda", "noto")
STOP_AT = 12  # the step at which the running window is taken
SIZES = {"": (1280, 800), "-large": (2560, 1440)}


async def tour(window: Window, out: Path) -> None:
    """Fills the gallery, pauses a run, and grabs every page in both themes."""
    controls = window.create_page.controls
    window.show()
    await window.painted.wait()
    window.start()
    await until(lambda: window.making.device != "")
    for prompt, style in BEFORE:
        controls.prompt.set_text(prompt)
        controls.style_box.set_choice(style)
        controls.button.click()
        await until(lambda: window.making.job is None)
    controls.prompt.set_text(SHOWN[0])
    controls.style_box.set_choice(SHOWN[1])
    controls.button.click()
    await until(lambda: window.making.job is not None and window.viewer.view() is not None)
    await until(lambda: (window.viewer.view().index if window.viewer.view() else 0) >= STOP_AT)
    window.making.toggle_pause()
    await asyncio.sleep(1.5)
    await grab(window, out, "window")
    window.making.toggle_pause()
    await until(lambda: window.making.job is None)
    await asyncio.sleep(1)
    await grab(window, out, "done")
    for page in ("gallery", "models"):
        window.turn_to(page)
        await asyncio.sleep(1)
        await grab(window, out, page)
    window.close()
    await window.closed.wait()


async def grab(window: Window, out: Path, name: str) -> None:
    theme = window.findChild(Theme) or window._theme
    for scheme in ("dark", "light"):
        theme.set_scheme(scheme)
        for suffix, size in SIZES.items():
            window.resize(*size)
            await asyncio.sleep(0.4)
            window.grab().save(str(out / f"{name}-{scheme}{suffix}.png"))
    window.resize(*SIZES[""])


async def until(reason: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not reason():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.005)


def main() -> int:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    out.mkdir(parents=True, exist_ok=True)
    threads.prepare()
    with tempfile.TemporaryDirectory() as home:
        os.environ["GDM_STUDIO_HOME"] = home
        app = application()
        with event_loop(app) as loop:
            loop.run_until_complete(tour(Window(Theme(app), Library()), out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
