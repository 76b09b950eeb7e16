"""`gdm-studio`, and `python -m gdm_studio`: Ctrl-C ends it quietly from here on, while the rest is being loaded too."""

import os
import signal
import sys

INTERRUPTED = 130  # exit status after Ctrl-C


def main() -> int:
    """Carries out the command line; returns its exit status."""
    signal.signal(signal.SIGINT, _end)
    from gdm_studio.cli.main import run

    return run()


def _end(number: int, frame: object) -> None:
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
