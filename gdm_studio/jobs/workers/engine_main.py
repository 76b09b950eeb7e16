"""Main module of an engine process: `python -m gdm_studio.jobs.workers.engine_main`."""

from __future__ import annotations

import sys
import threading

from gdm_studio.engine import torch_startup


def main() -> int:
    """Run an engine. It ignores Ctrl-C, which its parent process handles, and ends with the parent."""
    torch_startup.prepare()
    # Loading the libraries holds no interpreter lock, so the modules below are imported meanwhile.
    loading = threading.Thread(target=torch_startup.load_libraries, name="torch-libraries")
    loading.start()
    from gdm_studio.jobs.workers.engine_loop import serve
    from gdm_studio.jobs.workers.shared_file import SharedFile

    loading.join()
    serve(SharedFile.open(sys.argv[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
