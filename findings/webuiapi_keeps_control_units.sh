#!/bin/sh
# webuiapi 0.9.17 sends the ControlNet units of one call again in every later call of the same process.
#
# `txt2img` and `img2img` add units and ADetailer settings to their argument `alwayson_scripts`, whose default is one
# shared dictionary. A later call without units therefore still sends the earlier ones, unless the server lists a script
# called "controlnet m2m". Passing `alwayson_scripts={}` in every call avoids it.
# Seen with webuiapi 0.9.17 and Python 3.11: the second body contains the unit of the first call.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check webuiapi==0.9.17
"$folder/venv/bin/python" - <<'PY'
import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import webuiapi
from PIL import Image

buffer = io.BytesIO()
Image.new("RGB", (8, 8)).save(buffer, "PNG")
image = base64.b64encode(buffer.getvalue()).decode()
bodies = []


class Handler(BaseHTTPRequestHandler):
    def answer(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer({"txt2img": ["controlnet"], "img2img": ["controlnet"]})

    def do_POST(self):
        bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer({"images": [image], "parameters": {}, "info": "{}"})

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
api = webuiapi.WebUIApi(port=server.server_port)
unit = webuiapi.ControlNetUnit(image=Image.new("RGB", (8, 8)), model="canny", module="canny")
api.txt2img(prompt="with a unit", controlnet_units=[unit])
api.txt2img(prompt="without one")
api.txt2img(prompt="without one", alwayson_scripts={})
sent = [len(body["alwayson_scripts"].get("ControlNet", {}).get("args", [])) for body in bodies]
print("units in the three requests:", sent)
assert sent == [1, 1, 0], sent
PY
