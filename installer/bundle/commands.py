"""Commands of an installed bundle. Exit codes: 0, 2 after an error message, 130 after Ctrl-C."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from installer.bundle.installation import Installation
from installer.bundle.torch_folder import use_build
from installer.bundle.update import update
from installer.console import report
from installer.menu import ID, MenuEntry, linux_entry, quoted
from installer.problems import Problem, sentence

USAGE = """\
AppRun --update ARCHIVE   install the version in a signed .tar.zst, and keep this one until that has started twice
AppRun --rollback         go back to the version before the latest update
AppRun --torch BUILD      use a build of torch for the graphics card: auto, cu130, cu126, rocm7.2, or cpu for none
AppRun --menu             put GDM Studio into the applications menu
AppRun --uninstall        remove the program and its menu entry; pictures, models and settings stay"""


def main(bundle: Path, args: Sequence[str]) -> int:
    """Run one command on the bundle in a folder and return the exit code."""
    try:
        _run(bundle, args)
    except Problem as problem:
        report(f"GDM Studio: {problem}")
        return 2
    except OSError as error:
        report(f"GDM Studio: {sentence(error, 'run the command as the user who owns the program')}")
        return 2
    except KeyboardInterrupt:
        report("\nStopped; the version before is still in use.")
        return 130
    return 0


def _run(bundle: Path, args: Sequence[str]) -> None:
    match args:
        case ["--update", archive]:
            update(bundle, Path(archive).absolute())
        case ["--rollback"]:
            installation = Installation.containing(bundle)
            with installation.alone():
                report(f"Back to {installation.roll_back()}.")
        case ["--torch", build]:
            use_build(bundle, build)
        case ["--started"]:
            installation = Installation.containing(bundle)
            with installation.alone():
                installation.count_start(bundle.name)
        case ["--menu"]:
            entry(Installation.containing(bundle)).make()
            report("GDM Studio is in the applications menu now; PNG files can be opened with it.")
        case ["--uninstall"]:
            _uninstall(Installation.containing(bundle))
        case _:
            raise Problem(f"These commands exist:\n{USAGE}")


def entry(installation: Installation) -> MenuEntry:
    """Return the menu entry of an installation, which starts the version in use."""
    program = installation.place / "AppRun"
    return linux_entry(quoted(str(program)), str(program), installation.place / "current" / f"{ID}.svg")


def _uninstall(installation: Installation) -> None:
    if entry(installation).remove():
        report("Removed the entry in the applications menu.")
    with installation.alone():
        remaining = installation.remove()
    report(f"Removed {installation.place}. Pictures, models and settings are where they were.")
    if remaining:
        report(f"Files that are not part of the program were left in place: {len(remaining)}, such as {remaining[0]}")
