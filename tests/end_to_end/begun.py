"""The program that `test_crash` kills: the real window, with someone at it who begins a picture."""

from __future__ import annotations

from gdm_studio.models.library import Library
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import opened
from tests.helpers.person import Person

STEPS, REACHED = 40, 4


def main() -> None:
    opened(begin, library=Library(), seconds=240)


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
