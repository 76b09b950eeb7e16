"""`gdm-studio`: the window without a verb, else the verb; every error is one sentence and exit status 2."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from gdm_studio import __version__
from gdm_studio.cli import bench, data, evaluate, gallery, generate, inspect, models, train
from gdm_studio.errors import StudioError

VERBS = (generate, models, inspect, gallery, data, train, evaluate, bench)
INTERRUPTED = 130
FAILED = 2


def run(argv: Sequence[str] | None = None) -> int:
    """Carries out a command line; returns the exit status: 0, 1 (a check failed), 2 (an error), 130 (Ctrl-C)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a prompt the terminal cannot show must not end the run
    try:
        args = _parser().parse_args(argv)
        status: int = args.main(args)
        sys.stdout.flush()
        return status
    except StudioError as error:
        return _say(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader went away (`| head`); keep the interpreter from complaining about it again on exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("GDM_STUDIO_DEBUG"):
            raise
        return _say(f"Something unforeseen happened ({type(error).__name__}: {error}); GDM_STUDIO_DEBUG=1 shows where.")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of argparse's usage text."""
        raise StudioError(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` lists what there is.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="gdm-studio", description="Make pictures on your own machine, one visible step at a time.")
    parser.add_argument("--version", action="version", version=f"gdm-studio {__version__}")
    parser.set_defaults(main=_window)
    verbs = parser.add_subparsers(metavar="VERB", title="without a verb the window opens; verbs")
    for verb in VERBS:
        verb.add(verbs)
    return parser


def _window(args: argparse.Namespace) -> int:
    from gdm_studio.ui.app import main

    return main()


def _say(sentence: str) -> int:
    sys.stdout.flush()
    print(f"gdm-studio: {sentence}", file=sys.stderr)
    return FAILED
