"""`gdm-studio`: runs a verb, or opens the window. An error is printed as one sentence, with exit status 2."""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, TextIO

from gdm_studio import __version__
from gdm_studio.cli.interrupts import interruptible
from gdm_studio.common import crash_log, data_version, gc_pause, paths, program_bundle, system_libraries
from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.common.text_safety import shorten, shorten_values
from gdm_studio.engine import torch_startup

if TYPE_CHECKING:
    import argparse

# Each verb is a module of this package with a function `add(verbs)`.
VERBS = (
    "generate",
    "edit",
    "grid",
    "queue",
    "serve",
    "mcp",
    "models",
    "samplers",
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
    "worker",
)
OPEN = "open"
WITHOUT_WINDOW = 'gdm-studio generate "a red apple"'
INTERRUPTED = 130
FAILED = 2
# Surrogates, which represent bytes that are not UTF-8, and NUL.
_NO_TEXT = re.compile("[\ud800-\udfff\0]")


def run(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status. The status is 0 on success, 1 if a check failed, 2 on an error and
    130 after Ctrl-C.

    If `argv` is None, the process's own arguments are used and its crashes are recorded.
    """
    is_own_process = argv is None
    argv = list(sys.argv[1:] if argv is None else argv)
    report = _report_json if argv[:1] == ["generate"] and "--json" in argv else _report
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A prompt that the terminal cannot show must not end the run.
            stream.reconfigure(errors="replace")
    try:
        try:
            status = _run_reporting(argv, report, record_crashes=is_own_process)
        finally:
            # Also after --help and --version, which raise SystemExit, so that a full disk is reported.
            sys.stdout.flush()
        return status
    # The reader has ended, as in `| head`.
    except BrokenPipeError:
        return 0
    except OSError as error:
        with suppress(OSError):
            _print_notice(f"gdm-studio: The output cannot be written: {error.strerror or error}.")
        return FAILED
    finally:
        _flush(sys.stdout)
        _flush(sys.stderr)


def _run_reporting(argv: list[str], report: Callable[[str], int], *, record_crashes: bool) -> int:
    """Run a command line and return its exit status. If it fails, `report` prints the error. Raises OSError if the
    error cannot be printed.
    """
    torch_startup.prepare()
    try:
        with interruptible(partial(report, "")):
            _check_clock()
            argv = _insert_verb(argv)
            args = parser_of(_select_verbs(argv)).parse_args(argv) if argv else _args_of_window()
            _check_texts(args)
            if record_crashes:
                crash_log.enable(argv[0] if argv[:1] and argv[0] in VERBS else "window")
            _check_data_folder(opens_window=args.main is _open_window)
            bundle_folder = program_bundle.running_bundle()
            if bundle_folder is not None:
                program_bundle.lock_in_use(bundle_folder)
            if not args.resumes_gc:
                gc_pause.resume_gc()
            status: int = args.main(args)
            if status == 0 and bundle_folder is not None:
                program_bundle.report_start(bundle_folder)
            return status
    except StudioError as error:
        return report(str(error))
    except KeyboardInterrupt:
        return report("")
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or error
        return report(shorten_values(f"{error.filename}: {why}." if error.filename else f"{why}."))
    except Exception as error:
        from gdm_studio.common import error_log

        error_log.record_error(error)
        if os.environ.get("GDM_STUDIO_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return report(shorten_values(f"Something unforeseen happened ({what}); GDM_STUDIO_DEBUG=1 shows where."))
    finally:
        from gdm_studio.common import repair_log

        with suppress(BrokenPipeError):
            _print_notice(*(f"gdm-studio: {sentence}" for sentence in repair_log.take_unreported(paths.data_dir())))


def _open_closed_streams() -> None:
    """Replace closed standard streams with the null device. Otherwise the next file to be opened would get the
    descriptor of a standard stream and receive its output.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - as long as the process


def _flush(stream: TextIO) -> None:
    """Flush an output stream before the process ends. If that fails, prevent the interpreter from printing a message at
    exit.
    """
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print_notice(*lines: str) -> None:
    from gdm_studio.cli.output import print_notice

    print_notice(*lines)


def _check_clock() -> None:
    """Raise StudioError if the system clock shows a time that Python cannot represent."""
    try:
        time.time()
    except OverflowError as error:
        sentence = "The system clock is set to a time after April 2262; set it right, then try again."
        raise StudioError(sentence) from error


def _check_data_folder(*, opens_window: bool) -> None:
    """Raise StorageError if the data folder was written by a newer version of GDM Studio.

    If the command would open the window, the error is also shown in a dialog.
    """
    try:
        data_version.check()
    except StorageError as error:
        if opens_window and system_libraries.has_screen(os.environ) and not system_libraries.window_problem(os.environ):
            with suppress(ImportError):
                from gdm_studio.ui.shell.app import show_error

                show_error(str(error))
        raise


def _check_texts(args: argparse.Namespace | SimpleNamespace) -> None:
    """Raise BadRequest if a command-line argument is not valid Unicode. Paths may contain any bytes and are not
    checked.
    """
    for values in vars(args).values():
        for text in values if isinstance(values, list) else [values]:
            if isinstance(text, str) and _NO_TEXT.search(text):
                raise BadRequest(f"The argument {shorten(text)} is not UTF-8 text; use a UTF-8 terminal.")


def parser_of(names: Sequence[str]) -> argparse.ArgumentParser:
    """Return the command-line parser with the verb `open` and the given verbs, such as `generate`."""
    from gdm_studio.cli.parser import Parser

    parser = Parser(prog="gdm-studio", description="Generate images on your own machine, one visible step at a time.")
    parser.add_argument("--version", action="version", version=f"gdm-studio {__version__}")
    parser.set_defaults(**vars(_args_of_window()))
    verbs = parser.add_subparsers(metavar="VERB", title="without a verb the window opens; verbs")
    for name in names:
        import_module(f"gdm_studio.cli.{name}").add(verbs)
    opened = verbs.add_parser(OPEN, help="open the window with the settings of an image")
    opened.add_argument("picture", type=Path, metavar="PICTURE", help="an image file with its settings")
    opened.set_defaults(main=_open_window)
    return parser


def _select_verbs(argv: Sequence[str]) -> Sequence[str]:
    """Return the verbs whose modules have to be imported for a command line.

    Importing all of them would take a tenth of a second.
    """
    if not argv or argv[0] == OPEN:
        return ()
    return (argv[0],) if argv[0] in VERBS else VERBS


def _insert_verb(argv: list[str]) -> list[str]:
    """Insert the verb `open` into a command line that consists only of a file name, because desktop environments open
    files without a verb.
    """
    return [OPEN, *argv] if len(argv) == 1 and not argv[0].startswith("-") and os.path.isfile(argv[0]) else argv


def _args_of_window() -> SimpleNamespace:
    """Return the result of parsing an empty command line. The window appears sooner without the import of a parser."""
    return SimpleNamespace(main=_open_window, picture=None, resumes_gc=False)


def _open_window(args: argparse.Namespace | SimpleNamespace) -> int:
    if args.picture is not None and not args.picture.is_file():
        raise StudioError(f"There is no image at {args.picture}; name a file.")
    if not system_libraries.has_screen(os.environ):
        raise StudioError(f"There is no screen to open the window on; `{WITHOUT_WINDOW}` needs none.")
    # Qt would abort the process instead of raising an error.
    if problem := system_libraries.window_problem(os.environ):
        raise StudioError(problem)
    from gdm_studio.jobs.workers import process_start
    from gdm_studio.ui.shell import pyside_imports

    # The engine imports torch while this process imports Qt and builds the window.
    engine_process = None
    with suppress(OSError):
        engine_process = process_start.start_engine()
    gc_pause.pause_gc()
    try:
        pyside_imports.speed_up()
        from gdm_studio.ui.shell.app import main
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("PySide6", "shiboken6", "qasync"):
            raise
        from gdm_studio.common.optional_packages import reinstall_advice

        raise StudioError(
            f"The window needs PySide6 and qasync, which cannot be loaded ({error}). {reinstall_advice()} "
            f"`{WITHOUT_WINDOW}` works without."
        ) from error
    return main(picture=args.picture, engine_process=engine_process)


def _report(sentence: str) -> int:
    """Print an error message on standard error and return the exit status. An empty message means that the user pressed
    Ctrl-C.
    """
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        _print_notice(f"gdm-studio: {sentence or 'stopped'}")
    return FAILED if sentence else INTERRUPTED


def _report_json(sentence: str) -> int:
    """Print an error as a JSON event and on standard error, and return the exit status.

    `sentence` is "" after Ctrl-C.
    """
    with suppress(BrokenPipeError):
        from gdm_studio.cli.output import print_json

        print_json({"event": "error", "message": sentence} if sentence else {"event": "stopped"})
    return _report(sentence)
