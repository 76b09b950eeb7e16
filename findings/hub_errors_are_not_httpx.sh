#!/bin/sh
# huggingface-hub 2.4.0: network errors are those of the package httpx2, and not of httpx, which version 1 used. Both can be
# installed side by side, and their exceptions share no class: `except httpx.HTTPError` around a call of the hub, right
# with version 1, catches nothing, and neither does `except OSError`. Seen, with an address on this computer where nothing
# listens: model_info raises httpx2.ConnectError, which is no httpx.HTTPError, no httpx.ConnectError, no OSError and no
# HfHubHTTPError. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q huggingface-hub==2.4.0 httpx==0.28.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import os
import socket
import sys

with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{port}"
os.environ["HF_HOME"] = "home"
import httpx
import huggingface_hub
from huggingface_hub.errors import HfHubHTTPError

try:
    huggingface_hub.HfApi().model_info("a/b")
    error = None
except Exception as found:
    error = found
kind = type(error)
print("huggingface-hub", huggingface_hub.__version__, "httpx", httpx.__version__)
print("raised:", f"{kind.__module__}.{kind.__name__}", [f"{each.__module__}.{each.__name__}" for each in kind.__mro__])
caught = [each.__name__ for each in (httpx.HTTPError, OSError, HfHubHTTPError) if isinstance(error, each)]
print("caught by:", caught or "none of httpx.HTTPError, OSError, HfHubHTTPError")
sys.exit(kind.__module__.split(".")[0] != "httpx2" or bool(caught))
PYTHON
