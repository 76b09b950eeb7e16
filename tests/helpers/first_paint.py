"""Program that runs `gdm-studio` until the first paint of its window, and prints the modules imported by then, with
what imported each.
"""

import json
import os
import sys
from importlib.machinery import PathFinder

# The module whose function `open_window` returns after the first paint.
APP = "gdm_studio.ui.shell.app"
# Modules by name, with the chain of modules whose imports led to each, the nearest first.
IMPORTERS = {}


class Recorder:
    """Finder that finds nothing but APP, and records who imports a module for the first time."""

    def find_spec(self, name, path=None, target=None):
        frame = sys._getframe(1)
        chain = []
        while frame is not None:
            by = frame.f_globals.get("__name__", "")
            if not by.startswith(("importlib", "_frozen_importlib", "shibokensupport")) and chain[-1:] != [by]:
                chain.append(by)
            frame = frame.f_back
        IMPORTERS.setdefault(name, chain[:-1])
        return _stop_after_paint(PathFinder.find_spec(name, path)) if name == APP else None


def _stop_after_paint(spec):
    execute = spec.loader.exec_module

    def exec_module(module):
        execute(module)
        open_window = module.open_window

        def report(*arguments):
            open_window(*arguments)
            found = {name: IMPORTERS.get(name, []) for name in sys.modules}
            for engine_process in arguments[2:]:
                engine_process.kill()
            print(json.dumps(found), flush=True)
            os._exit(0)

        module.open_window = report

    spec.loader.exec_module = exec_module
    return spec


if __name__ == "__main__":
    sys.argv[1:] = []
    sys.meta_path.insert(0, Recorder())
    from gdm_studio.__main__ import main

    main()
