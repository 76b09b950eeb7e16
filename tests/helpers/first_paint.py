"""Program that opens the window and prints the modules imported before its first paint, with what imported each."""

import json
import os
import sys

# Modules by name, with the chain of modules whose imports led to each, the nearest first.
IMPORTERS = {}


class Recorder:
    """Finder that finds nothing, but records who imports a module for the first time."""

    def find_spec(self, name, path=None, target=None):
        frame = sys._getframe(1)
        chain = []
        while frame is not None:
            by = frame.f_globals.get("__name__", "")
            if not by.startswith(("importlib", "_frozen_importlib", "shibokensupport")) and chain[-1:] != [by]:
                chain.append(by)
            frame = frame.f_back
        IMPORTERS.setdefault(name, chain[:-1])
        return None


def main():

    sys.meta_path.insert(0, Recorder())
    from gdm_studio.ui.shell import app
    from gdm_studio.ui.shell.window import Window
    from gdm_studio.ui.theme.theme import Theme

    qt = app.application()

    async def open_window():
        window = Window(Theme(qt))
        window.show()
        await window.painted.wait()
        found = {name: IMPORTERS.get(name, []) for name in sys.modules}
        print(json.dumps(found), flush=True)
        os._exit(0)

    with app.event_loop(qt) as loop:
        loop.run_until_complete(open_window())


if __name__ == "__main__":
    main()
