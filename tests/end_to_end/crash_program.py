"""Program that `test_crash` kills: the real window with a simulated user who starts an image."""

from __future__ import annotations

from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.window import Window
from tests.helpers.person import Person
from tests.helpers.window import run_in_window

STEPS, REACHED = 40, 4


def main() -> None:
    run_in_window(begin, library=Library(), seconds=240)


async def begin(window: Window) -> None:
    anna = Person(window)
    await anna.types("a blue robot", into="Prompt")
    await anna.types(str(STEPS), into="Steps", enter=True)
    await anna.clicks("Generate")
    await anna.waits_for_number(rf"(\d+) of {STEPS}", REACHED)
    print("half-way", flush=True)
    await anna.waits_for(f"Step {STEPS} of {STEPS}")


if __name__ == "__main__":
    main()
