"""`python -m gdm_studio` is `gdm-studio`."""

import sys

from gdm_studio.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
