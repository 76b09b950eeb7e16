"""`gdm-studio`: the window without a verb, else the verb; every error is one sentence and exit status 2."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TextIO

from gdm_studio import __version__, error_log, mended, paths
from gdm_studio.cli.interrupting import interruptible
from gdm_studio.cli.parser import Parser
from gdm_studio.cli.saying import remark, say_json
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest, StudioError

VERBS = (  # each a module of this package with `add(verbs)`
    "generate",
    "grid",
    "queue",
    "models",
    "inspect",
    "reproduce",
    "film",
    "gallery",
    "export",
    "data",
    "train",
    "evaluate",
    "bench",
    "verify",
    "systems",
    "likelihood",
    "doctor",
)
OPEN = "open"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")  # any of them names one, on Linux
WITHOUT_WINDOW = 'gdm-studio generate "a red apple"'
INTERRUPTED = 130
FAILED = 2
_NO_TEXT = re.compile("[\ud800-\udfff\0]")  # what Python makes of bytes that are no UTF-8, and what JSON can bring


def run(argv: Sequence[str] | None = None) -> int:
    """Carries out a command line; returns the exit status: 0, 1 (a check failed), 2 (an error), 130 (Ctrl-C)."""
    argv = list(sys.argv[1:] if argv is None else argv)
    report = _tell if argv[:1] == ["generate"] and "--json" in argv else _say
    _stand_in_for_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a prompt the terminal cannot show must not end the run
    try:
        status = _reported(argv, report)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader went away (`| head`)
        return 0
    except OSError as error:
        with suppress(OSError):
            remark(f"gdm-studio: What was to be said cannot be written: {error.strerror or error}.")
        return FAILED
    finally:
        _let_go(sys.stdout)
        _let_go(sys.stderr)


def _reported(argv: list[str], report: Callable[[str], int]) -> int:
    """Carries out a command line, and reports what ends it; the exit status. Raises OSError where that fails."""
    threads.prepare()
    try:
        with interruptible(partial(report, "")):
            argv = _with_verb(argv)
            args = _parser(_verbs_for(argv)).parse_args(argv)
            _check_texts(args)
            status: int = args.main(args)
            return status
    except StudioError as error:
        return report(str(error))
    except KeyboardInterrupt:
        return report("")
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or error
        return report(f"{error.filename}: {why}." if error.filename else f"{why}.")
    except Exception as error:
        error_log.note(error)
        if os.environ.get("GDM_STUDIO_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return report(f"Something unforeseen happened ({what}); GDM_STUDIO_DEBUG=1 shows where.")
    finally:
        with suppress(BrokenPipeError):
            remark(*(f"gdm-studio: {sentence}" for sentence in mended.unsaid(paths.data_dir())))


def _stand_in_for_closed() -> None:
    """Puts nothing in the place of streams that were closed: a file opened later would get what is printed."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - as long as the process


def _let_go(stream: TextIO) -> None:
    """Writes out what is left; where that cannot be, keeps the interpreter from complaining about it on exit."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _check_texts(args: argparse.Namespace) -> None:
    """Raises BadRequest where an argument is no text. A path may be anything that the system takes."""
    for values in vars(args).values():
        for text in values if isinstance(values, list) else [values]:
            if isinstance(text, str) and _NO_TEXT.search(text):
                raise BadRequest(f"The argument {text} is not text in UTF-8; write it anew in a terminal of UTF-8.")


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = Parser(prog="gdm-studio", description="Make pictures on your own machine, one visible step at a time.")
    parser.add_argument("--version", action="version", version=f"gdm-studio {__version__}")
    parser.set_defaults(main=_window, picture=None)
    verbs = parser.add_subparsers(metavar="VERB", title="without a verb the window opens; verbs")
    for name in names:
        import_module(f"gdm_studio.cli.{name}").add(verbs)
    opened = verbs.add_parser(OPEN, help="open the window with the settings of a picture")
    opened.add_argument("picture", type=Path, metavar="PICTURE")
    opened.set_defaults(main=_window)
    return parser


def _verbs_for(argv: Sequence[str]) -> Sequence[str]:
    """The verbs that a command line is about: importing all of them takes a tenth of a second."""
    if not argv or argv[0] == OPEN:
        return ()
    return (argv[0],) if argv[0] in VERBS else VERBS


def _with_verb(argv: list[str]) -> list[str]:
    """A picture alone is one to open: that is how desktops start the program with a file."""
    return [OPEN, *argv] if len(argv) == 1 and not argv[0].startswith("-") and Path(argv[0]).is_file() else argv


def _window(args: argparse.Namespace) -> int:
    if args.picture is not None and not args.picture.is_file():
        raise StudioError(f"There is no picture at {args.picture}; name a file.")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        raise StudioError(f"There is no screen to open the window on; `{WITHOUT_WINDOW}` makes pictures without one.")
    from gdm_studio.ui.shell import launch

    launch.begin()
    try:
        from gdm_studio.ui.shell.app import main
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("PySide6", "shiboken6", "qasync"):
            raise
        raise StudioError(
            f"The window needs PySide6 and qasync, which cannot be loaded ({error}); `python3 installer run` "
            f"brings them, and `{WITHOUT_WINDOW}` works without."
        ) from error
    return main(picture=args.picture)


def _say(sentence: str) -> int:
    """The sentence on standard error, none for Ctrl-C, which has one of its own; returns the exit status."""
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        remark(f"gdm-studio: {sentence or 'stopped; what was finished is kept'}")
    return FAILED if sentence else INTERRUPTED


def _tell(sentence: str) -> int:
    """The same, said as an event as well where standard output is a list of them."""
    with suppress(BrokenPipeError):
        say_json({"event": "error", "message": sentence} if sentence else {"event": "stopped"})
    return _say(sentence)
