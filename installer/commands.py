"""Verbs of the installer. Exit codes: that of the started program, 2 after an error message, 130 after Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from installer.bundle.build import bundle
from installer.console import report
from installer.environment import WINDOWS, Environment
from installer.menu import entry, menu, offer
from installer.problems import Problem, sentence
from installer.system import ensure_libraries, ensure_xvfb, needed_libraries, require_display

USAGE = """\
python3 installer run [ARGS...]     install what is missing, then start: gdm-studio ARGS...
python3 installer test [ARGS...]    the same with test tools, then: pytest ARGS... (none: the whole suite)
python3 installer add EXTRA...      install what features need: cluster, parquet, s3, server, train, upscalers, video
python3 installer menu              put GDM Studio into the applications menu (--open-png: it opens PNG files, too)
python3 installer bundle            build a program that needs no Python or pip, as .tar.zst (or --deb, --folder)
python3 installer uninstall         remove the environment and the menu's entry; pictures, models and settings stay"""

# Extras of pyproject.toml for users.
EXTRAS = ("cluster", "parquet", "s3", "server", "train", "upscalers", "video")
HELP = frozenset(("-h", "--help"))
ROOT = Path(__file__).resolve().parent.parent
# Tests of one file share fixtures, so files stay whole. tests/conftest.py chooses the number of processes and puts the
# longest files first.
ALL_CORES = ["-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder"]


def main(argv: Sequence[str]) -> int:
    """Run one verb and return the exit code. `run` and `test` replace this process by the one that they start."""
    verb, rest = (argv[0], list(argv[1:])) if argv else ("", [])
    # "--" ends the installer's own options, of which there are none, so it is not part of the arguments.
    rest = rest[1:] if rest[:1] == ["--"] else rest
    verbs = {"run": run, "test": test, "add": add, "menu": menu, "bundle": bundle, "uninstall": uninstall}
    # `run` passes all options on to `gdm-studio`.
    asked = verb in HELP or (verb != "run" and not HELP.isdisjoint(rest))
    if verb not in verbs or asked:
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    signal.signal(signal.SIGTERM, _handle_termination)
    try:
        return verbs[verb](Environment(ROOT), rest)
    except Problem as problem:
        report(f"GDM Studio: {problem}")
        return 2
    except OSError as error:
        report(f"GDM Studio: {sentence(error)}")
        return 2
    except KeyboardInterrupt:
        report("\nStopped; the same command goes on from here.")
        return 130


def run(environment: Environment, args: Sequence[str]) -> int:
    """Install missing packages, then start `gdm-studio ARGS`."""
    window = wants_window(args)
    if window:
        require_display(os.environ)
    extras = extras_for(args)
    made = not environment.ready(extras)
    if made:
        environment.make(extras)
    if window:
        ensure_libraries(needed_libraries(os.environ))
        offer(environment)
    if made:
        report("Ready. Starting GDM Studio ...")
    # -P: a folder with the name of a package in the working directory must not be imported.
    return become([str(environment.python), "-P", "-m", "gdm_studio", *args], os.environ)


def test(environment: Environment, args: Sequence[str]) -> int:
    """Run pytest with ARGS, by default on the whole suite, with Qt's offscreen platform."""
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


def add(environment: Environment, args: Sequence[str]) -> int:
    """Install the packages of extras such as `video` into the environment. Raises Problem for unknown ones."""
    unknown = sorted(set(args).difference(EXTRAS))
    if unknown or not args:
        got = f"there is no {', '.join(unknown)}" if unknown else "name at least one"
        raise Problem(f"add takes {', '.join(EXTRAS)}; {got}.")
    if not environment.ready(args):
        environment.make(args)
    report(f"Installed: {', '.join(args)}.")
    return 0


def uninstall(environment: Environment, args: Sequence[str]) -> int:
    """Remove the environment and the entry in the applications menu."""
    if args:
        raise Problem(f"uninstall takes no arguments, but got: {' '.join(args)}")
    if entry(environment).remove():
        report("Removed the entry in the applications menu.")
    if not (environment.folder / "pyvenv.cfg").exists():
        report(f"Nothing to remove: there is no environment in {environment.folder}.")
        return 0
    shutil.rmtree(environment.folder)
    report(f"Removed {environment.folder}. Pictures, models and settings are where they were.")
    return 0


def wants_window(args: Sequence[str]) -> bool:
    """Return True if `gdm-studio ARGS` opens the window: no verb, and no option that only prints."""
    return not args or (args[0].startswith("-") and (HELP | {"--version"}).isdisjoint(args))


def extras_for(args: Sequence[str]) -> tuple[str, ...]:
    """Return the extras that the verb in ARGS needs."""
    if args and args[0] == "serve":
        return ("server",)
    return ("train",) if args and args[0] in ("data", "train") else ()


def become(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Replace this process by `command`. Windows cannot, so run the command there and return its exit code."""
    if WINDOWS:
        return subprocess.call(command, env=dict(environ))
    sys.stdout.flush()
    os.execve(command[0], list(command), dict(environ))


def _handle_termination(number: int, frame: FrameType | None) -> None:
    # The exception ends pip, too.
    sys.exit(128 + number)
