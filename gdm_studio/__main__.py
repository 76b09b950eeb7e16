"""Entry point of `gdm-studio` and `python -m gdm_studio`. Ctrl-C ends the program quietly, even during imports."""

import os
import signal
import sys

# Exit status after Ctrl-C.
INTERRUPTED = 130


def main() -> int:
    """Run the command line and return its exit status."""
    signal.signal(signal.SIGINT, _end)
    from gdm_studio.common import gc_pause

    gc_pause.pause_gc()
    from gdm_studio.cli.main import run

    return run()


def _end(number: int, frame: object) -> None:
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
