"""`gdm-studio`: the window without a verb, else the verb; every error is one sentence and exit status 2."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from gdm_studio import __version__, error_log, mended, paths
from gdm_studio.errors import StudioError

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
    "doctor",
)
OPEN = "open"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")  # any of them names one, on Linux
WITHOUT_WINDOW = 'gdm-studio generate "a red apple"'
INTERRUPTED = 130
FAILED = 2


def run(argv: Sequence[str] | None = None) -> int:
    """Carries out a command line; returns the exit status: 0, 1 (a check failed), 2 (an error), 130 (Ctrl-C)."""
    argv = list(sys.argv[1:] if argv is None else argv)
    report = _tell if argv[:1] == ["generate"] and "--json" in argv else _say
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a prompt the terminal cannot show must not end the run
    try:
        argv = _with_verb(argv)
        args = _parser(_verbs_for(argv)).parse_args(argv)
        status: int = args.main(args)
        sys.stdout.flush()
        return status
    except StudioError as error:
        return report(str(error))
    except KeyboardInterrupt:
        return report("")
    except BrokenPipeError:
        # the reader went away (`| head`); keep the interpreter from complaining about it again on exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return report(f"{error.filename}: {error.strerror}." if error.filename and error.strerror else f"{error}.")
    except Exception as error:
        error_log.note(error)
        if os.environ.get("GDM_STUDIO_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return report(f"Something unforeseen happened ({what}); GDM_STUDIO_DEBUG=1 shows where.")
    finally:
        for sentence in mended.unsaid(paths.data_dir()):
            print(f"gdm-studio: {sentence}", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of argparse's usage text."""
        quotes = " Put a prompt of several words in quotes." if message.startswith("unrecognized") else ""
        raise StudioError(f"{message[:1].upper()}{message[1:]}.{quotes} `{self.prog} --help` lists what there is.")


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="gdm-studio", description="Make pictures on your own machine, one visible step at a time.")
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
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        raise StudioError(f"There is no screen to open the window on; `{WITHOUT_WINDOW}` makes pictures without one.")
    from gdm_studio.ui import launch

    launch.begin()
    try:
        from gdm_studio.ui.app import main
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
    sys.stdout.flush()
    if not sentence:
        print("gdm-studio: stopped; what was finished is kept", file=sys.stderr)
        return INTERRUPTED
    print(f"gdm-studio: {sentence}", file=sys.stderr)
    return FAILED


def _tell(sentence: str) -> int:
    """The same, said as an event as well where standard output is a list of them."""
    event = {"event": "error", "message": sentence} if sentence else {"event": "stopped"}
    with suppress(BrokenPipeError):
        print(json.dumps(event, ensure_ascii=False), flush=True)
    return _say(sentence)
