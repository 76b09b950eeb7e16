"""Entry point of `python3 installer`, which also works if this Python is too old or too new for GDM Studio."""

# The syntax here is valid in old Pythons, so that they print a sentence instead of a SyntaxError.
import os
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main() -> int:
    """Run the verb in this Python if its version is supported, otherwise in the newest supported one on PATH."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return _run_in_another_python()
    sys.path[0] = ROOT
    from installer.commands import main as command

    return command(sys.argv[1:])


def _run_in_another_python() -> int:
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        python = shutil.which(f"python3.{minor}")
        # A name on PATH may be a shim for a version that is not there, so it is asked to run.
        if python and subprocess.call([python, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            command = [python, os.path.dirname(os.path.abspath(__file__))] + sys.argv[1:]
            if os.name == "nt":
                return subprocess.call(command)
            os.execv(python, command)
    print(
        "GDM Studio: this is Python {}.{} and no suitable one is on PATH; install Python 3.11, 3.12 or 3.13 "
        "and run the same command with it.".format(*sys.version_info[:2]),
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
