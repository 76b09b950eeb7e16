"""The verbs: run, test, menu, uninstall. Exit codes: the app's own, 2 after a sentence, 130 after Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from installer.console import say
from installer.environment import WINDOWS, Environment
from installer.menu import entry, menu, offer
from installer.problems import Problem, sentence
from installer.system import ensure_libraries, ensure_xvfb, needed_libraries, require_display

USAGE = """\
python3 installer run [ARGS...]     install what is missing, then start: gdm-studio ARGS...
python3 installer test [ARGS...]    the same with test tools, then: pytest ARGS... (none: the whole suite)
python3 installer menu              put GDM Studio into the applications menu (--open-png: it opens PNG files, too)
python3 installer uninstall         remove the environment and the menu's entry; pictures, models and settings stay"""

ROOT = Path(__file__).resolve().parent.parent
ALL_CORES = ["-n", "auto", "--maxprocesses", "8", "--dist", "loadfile"]  # whole files: the tests of one share much


def main(argv: Sequence[str]) -> int:
    """Carry out one verb and return the exit code; `run` and `test` become the program they start."""
    verb, rest = (argv[0], list(argv[1:])) if argv else ("", [])
    verbs = {"run": run, "test": test, "menu": menu, "uninstall": uninstall}
    if verb not in verbs:
        asked = verb in ("-h", "--help")
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return verbs[verb](Environment(ROOT), rest)
    except Problem as problem:
        say(f"GDM Studio: {problem}")
        return 2
    except OSError as error:
        say(f"GDM Studio: {sentence(error)}")
        return 2
    except KeyboardInterrupt:
        say("\nStopped; the same command goes on from here.")
        return 130


def run(environment: Environment, args: Sequence[str]) -> int:
    """Start `gdm-studio ARGS`, installing before it whatever is missing."""
    window = wants_window(args)
    if window:
        require_display(os.environ)
    extras = extras_for(args)
    made = not environment.ready(extras)
    if made:
        environment.make(extras)
    if window:
        ensure_libraries(needed_libraries(os.environ))
    if window:
        offer(environment)
    if made:
        say("Ready. Starting GDM Studio ...")
    # -P: a folder named like a package, in the folder this is called from, must not be taken for it.
    return become([str(environment.python), "-P", "-m", "gdm_studio", *args], os.environ)


def test(environment: Environment, args: Sequence[str]) -> int:
    """Run pytest on the whole suite, or on what ARGS say, with Qt drawing offscreen."""
    if not environment.ready(["test"]):
        environment.make(["test"])
    ensure_libraries(needed_libraries({"DISPLAY": "the virtual screen's"}))
    ensure_xvfb()
    here = [str(Path(arg).resolve()) if Path(arg).exists() else arg for arg in args]
    if not any(Path(arg).exists() for arg in args):
        here = [*ALL_CORES, *here]
    os.chdir(environment.root)
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return become([str(environment.python), "-m", "pytest", *here], environ)


def uninstall(environment: Environment, args: Sequence[str]) -> int:
    """Remove what `run` and `test` made in the project's folder, and what `menu` made."""
    if args:
        raise Problem(f"uninstall takes no arguments, but got: {' '.join(args)}")
    if entry(environment).remove():
        say("Removed the entry in the applications menu.")
    if not (environment.folder / "pyvenv.cfg").exists():
        say(f"Nothing to remove: there is no environment in {environment.folder}.")
        return 0
    shutil.rmtree(environment.folder)
    say(f"Removed {environment.folder}. Pictures, models and settings are where they were.")
    return 0


def wants_window(args: Sequence[str]) -> bool:
    """Whether `gdm-studio ARGS` opens the window: no verb, and nothing that only prints."""
    return not args or (args[0].startswith("-") and not {"-h", "--help", "--version"}.intersection(args))


def extras_for(args: Sequence[str]) -> tuple[str, ...]:
    """The optional packages that the verb in ARGS needs."""
    if args and args[0] == "serve":
        return ("server",)
    return ("train",) if args and args[0] in ("data", "train") else ()


def become(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Replace this process by `command`; on Windows, which cannot, run it and return its exit code."""
    if WINDOWS:
        return subprocess.call(command, env=dict(environ))
    sys.stdout.flush()
    os.execve(command[0], list(command), dict(environ))


def _terminated(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)  # unwinds, so that pip is ended too
