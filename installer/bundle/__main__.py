"""Commands of an installed bundle, which its launcher passes on: such as --update."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python starts with this folder in the search path, instead of the bundle's.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from installer.bundle.commands import main

    sys.exit(main(Path(sys.path[0]), sys.argv[1:]))
