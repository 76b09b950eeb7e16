"""HTTP and WebSocket endpoints of ComfyUI's interface, each also under /api."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.server.access_control import API_PREFIX, FORM_TYPE, UPLOADS, HttpError
from gdm_studio.server.client_requests import Client
from gdm_studio.server.comfyui.conversion import add_required_names, find_names, object_info, rehearse
from gdm_studio.server.comfyui.errors import GraphError, error_body
from gdm_studio.server.comfyui.image_name import ImageName
from gdm_studio.server.comfyui.krita_api import model_info
from gdm_studio.server.comfyui.pictures import Pictures, cache_name, generated_name, media_type
from gdm_studio.server.comfyui.prompt_files import PromptFiles
from gdm_studio.server.comfyui.prompt_journal import PromptEntry
from gdm_studio.server.comfyui.prompts import Prompt, Prompts
from gdm_studio.server.comfyui.sockets import Message, Socket
from gdm_studio.server.comfyui.system_stats import system_stats
from gdm_studio.server.endpoints import Endpoint, NumberParam, TextParam, endpoint_of, number_param
from gdm_studio.server.json_fields import FieldRule, Fields, Rules
from gdm_studio.server.limits import NotFoundError
from gdm_studio.server.multipart_form import Form, parse_form

if TYPE_CHECKING:
    from gdm_studio.server.service import Service

T = TypeVar("T")
# Function that receives the body of an HTTP request and converts it in another thread.
ConvertBody = Callable[[Request, Callable[[bytes], Any]], Awaitable[Any]]

PROMPT: Rules = {
    "prompt": FieldRule("object"),
    "prompt_id": FieldRule("text"),
    "client_id": FieldRule("text"),
    "extra_data": FieldRule("object"),
    "number": FieldRule("number"),
    "front": FieldRule("flag", (False,)),
    "partial_execution_targets": FieldRule("texts"),
}
EDIT: Rules = {"clear": FieldRule("flag"), "delete": FieldRule("texts")}
WORKFLOWS: Rules = {"client_id": FieldRule("text")}
INTERRUPT: Rules = {"prompt_id": FieldRule("text")}
FREE: Rules = {"unload_models": FieldRule("flag"), "free_memory": FieldRule("flag")}
UPLOAD: Rules = {"type": FieldRule("text"), "subfolder": FieldRule("text"), "overwrite": FieldRule("text")}
UPLOAD_MASK: Rules = {**UPLOAD, "original_ref": FieldRule("text")}
_VIEW = dict.fromkeys(("filename", "subfolder", "type", "preview", "channel"), TextParam())
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CACHED = "/etn/image/{id}"
_MAX_CLIENT_ID = 128
# Maximum number of bytes of a graph as JSON, without the images in it. Extra data that exceed it are not kept.
_MAX_GRAPH = 256 * 2**10
# Fields of the extra data that are kept, on disk too. Others may be secrets of the client, such as keys of services.
_EXTRA = ("extra_pnginfo", "preview_method")
# Nodes with images in base64, which are not kept.
_EMBEDDING_NODES = ("ETN_LoadImageBase64", "ETN_LoadMaskBase64")
# Methods of ComfyUI for previews, and whether there are any. Those that there are have our own method.
_PREVIEW_METHODS = {"default": False, "none": False, "auto": True, "latent2rgb": True, "taesd": True}
_MAX_HISTORY = 10**6


class ComfyUI:
    """Handlers of the endpoints of ComfyUI's interface."""

    def __init__(self, service: Service, convert_body: ConvertBody, decoders: asyncio.Semaphore) -> None:
        """`decoders` limits how many images are decoded at once."""
        self._service = service
        self._convert_body = convert_body
        self._pictures = Pictures(service, decoders)
        self._prompts = Prompts(service, self._pictures, self._list_names, self._plan_run)
        self._prompts.restore()

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints of the HTTP server that this object handles."""
        limit = NumberParam(0, 0, _MAX_HISTORY)
        page = {"max_items": limit, "offset": limit}
        models = {"limit": limit, "offset": limit}
        files = {"image": False}
        found = [
            Endpoint("POST", "/prompt", self.submit, PROMPT),
            Endpoint("GET", "/prompt", self.state),
            Endpoint("GET", "/queue", self.queue),
            Endpoint("POST", "/queue", self.edit_queue, EDIT),
            Endpoint("POST", "/interrupt", self.interrupt, INTERRUPT),
            Endpoint("POST", "/free", self.free, FREE),
            Endpoint("GET", "/history", self.history, query=page),
            Endpoint("POST", "/history", self.edit_history, EDIT),
            Endpoint("GET", "/history/{prompt_id}", self.prompt_history),
            Endpoint("GET", "/view", self.view, query=_VIEW, answers=("image/png", "image/webp", "image/jpeg")),
            Endpoint("POST", UPLOADS[0], self.upload, UPLOAD, files),
            Endpoint("POST", UPLOADS[1], self.upload_mask, UPLOAD_MASK, files),
            Endpoint("GET", "/object_info", self.object_info),
            Endpoint("GET", "/object_info/{node}", self.node_info),
            Endpoint("GET", "/system_stats", self.system_stats),
            Endpoint("GET", "/models", self.folders),
            Endpoint("GET", "/models/{folder}", self.models),
            Endpoint("GET", "/embeddings", self.embeddings),
            Endpoint("GET", "/features", self.features),
            Endpoint("GET", "/ws", self.no_socket, status=101, answers=()),
        ]
        tools = [
            Endpoint("GET", "/etn/model_info", self.model_info, query=models),
            Endpoint("GET", "/etn/model_info/{folder}", self.model_info, query=models),
            Endpoint("GET", "/etn/languages", self.languages),
            Endpoint("GET", _CACHED, self.cached_image, answers=("image/png", "image/jpeg", "image/webp")),
            Endpoint("PUT", _CACHED, self.cache_image, status=201),
            Endpoint("PUT", "/etn/upload/{folder}/{filename}", self.refuse_upload),
            Endpoint("POST", "/etn/workflow/subscribe", self.ignore_workflows, WORKFLOWS),
            Endpoint("POST", "/etn/workflow/unsubscribe", self.ignore_workflows, WORKFLOWS),
        ]
        return [*found, *(replace(each, path=API_PREFIX + each.path) for each in (*found, *tools))]

    def socket_routes(self) -> list[WebSocketRoute]:
        return [WebSocketRoute(f"{prefix}/ws", self.socket) for prefix in ("", API_PREFIX)]

    # Prompts

    async def submit(self, request: Request) -> Response:
        """Submit a graph and answer at once. A graph that cannot become a request is refused node by node."""
        client = _identify_client(request)
        try:
            prompt = await self._read(request, lambda fields: self._build(fields, client))
            await asyncio.to_thread(self._prompts.submit, prompt)
        except GraphError as error:
            return JSONResponse(error_body(error.kind, str(error), error.node_errors), 400)
        return JSONResponse({"prompt_id": prompt.id, "number": prompt.number, "node_errors": {}})

    def _build(self, fields: Fields, client: Client) -> Prompt:
        prompt_id = fields.text("prompt_id")
        if prompt_id is not None and not _UUID.fullmatch(prompt_id):
            raise GraphError("invalid_prompt_id", "prompt_id must be a valid UUID in lower case.")
        number = fields.number("number")
        if fields.flag("front") or number is not None:
            sentence = "front and number are not supported; the server serves its clients in turn."
            raise GraphError("unsupported", sentence)
        client_id = fields.text("client_id") or ""
        if len(client_id) > _MAX_CLIENT_ID:
            raise GraphError("unsupported", f"client_id can have at most {_MAX_CLIENT_ID} characters.")
        given = fields.raw("extra_data") or {}
        extra = {name: given[name] for name in _EXTRA if name in given}
        if len(json.dumps(extra)) > _MAX_GRAPH:
            extra.pop("extra_pnginfo", None)
        targets = fields.texts("partial_execution_targets") if "partial_execution_targets" in fields else None
        body = {"prompt": fields.raw("prompt"), "extra_data": extra, "targets": targets}
        entry = PromptEntry(
            id=prompt_id or str(uuid.uuid4()),
            run=uuid.uuid4().hex,
            number=self._prompts.next_number(),
            client=client,
            client_id=client_id,
            body=body,
        )
        prompt = Prompt(entry)
        self._plan_run(prompt)
        return prompt

    def _plan_run(self, prompt: Prompt) -> None:
        """Check the graph of a prompt, and plan its run. Raises GraphError."""
        graph, extra, targets = (prompt.journaled.body[each] for each in ("prompt", "extra_data", "targets"))
        method = extra.get("preview_method", "default")
        files = PromptFiles(self._service, self._pictures)
        plan = rehearse(self._service, files, self._list_names(), graph, targets)
        file_bytes = 0 if plan.graph is None else files.byte_count + _count_text(graph)
        graph = {name: _without_image(node) for name, node in graph.items()}
        size = len(json.dumps(graph))
        if size > _MAX_GRAPH:
            raise GraphError("unsupported", f"A graph can have at most {_MAX_GRAPH // 2**10} KiB.")
        extra_size = len(json.dumps(extra))
        if prompt.client_id:
            extra = extra | {"client_id": prompt.client_id}
        if not isinstance(method, str) or method not in _PREVIEW_METHODS:
            raise GraphError("unsupported", f"preview_method must be one of {', '.join(_PREVIEW_METHODS)}.")
        prompt.plan = plan
        prompt.kept = (graph, extra)
        prompt.byte_count = size + extra_size
        prompt.files = None if plan.graph is None else files
        prompt.file_bytes = file_bytes
        prompt.has_previews = _PREVIEW_METHODS[method]

    async def state(self, request: Request) -> Response:
        return JSONResponse({"exec_info": {"queue_remaining": self._prompts.remaining()}})

    async def queue(self, request: Request) -> Response:
        # Graphs are large, and other requests are served meanwhile.
        return await asyncio.to_thread(lambda: JSONResponse(self._prompts.queue()))

    async def edit_queue(self, request: Request) -> Response:
        """Remove waiting prompts of clients at the same address."""
        is_cleared, ids = await self._read(request, lambda fields: (fields.flag("clear"), fields.texts("delete")))
        waiting = self._prompts.of(_identify_client(request).address, running=False)
        chosen = [each for each in waiting if is_cleared or each.id in ids]
        await asyncio.to_thread(self._prompts.cancel, chosen)
        return Response()

    async def interrupt(self, request: Request) -> Response:
        """Stop the running prompt if it came from the same address, and has the given id, if any."""
        prompt_id = await self._read(request, lambda fields: fields.text("prompt_id"))
        running = self._prompts.of(_identify_client(request).address, running=True)
        await asyncio.to_thread(self._prompts.cancel, [each for each in running if prompt_id in (None, "", each.id)])
        return Response()

    async def free(self, request: Request) -> Response:
        """Release loaded models, if either field is set: all other memory is released without a request."""
        wanted = await self._read(request, lambda fields: [fields.flag(name) for name in FREE])
        if any(wanted):
            self._service.free_memory()
        return Response()

    async def history(self, request: Request) -> Response:
        limit = number_param(request, "max_items")
        offset = number_param(request, "offset") if request.query_params.get("offset") else -1
        return await asyncio.to_thread(lambda: JSONResponse(self._prompts.history(limit=limit, offset=offset)))

    async def prompt_history(self, request: Request) -> Response:
        return JSONResponse(self._prompts.history(request.path_params["prompt_id"]))

    async def edit_history(self, request: Request) -> Response:
        """Remove prompts of clients at the same address from the history. Their images stay in the gallery."""
        is_cleared, ids = await self._read(request, lambda fields: (fields.flag("clear"), fields.texts("delete")))
        self._prompts.forget(_identify_client(request).address, None if is_cleared else ids)
        return Response()

    # Images

    async def view(self, request: Request) -> Response:
        data, media_type = await self._pictures.view(request.query_params)
        return Response(data, media_type=media_type)

    async def cached_image(self, request: Request) -> Response:
        """Return an image by the id that a client has given it, or that the message about an output node names."""
        key = request.path_params["id"]
        data = await asyncio.to_thread(self._pictures.cached, key)
        if data is None:
            cache_name(key)
            data = await self._pictures.fetch(generated_name("", key, "output"))
        return Response(data, media_type=media_type(data))

    async def cache_image(self, request: Request) -> Response:
        """Keep an image under an id, unless there is one."""
        key = request.path_params["id"]
        is_new = await self._convert_body(request, lambda body: self._pictures.cache(key, body))
        return JSONResponse({"status": "success" if is_new else "cached"}, 201 if is_new else 200)

    async def refuse_upload(self, request: Request) -> Response:
        raise HttpError(403, "This server accepts no model files; add the file to its models folder.")

    async def upload(self, request: Request) -> Response:
        name = await self._read_form(request, self._add_image)
        return JSONResponse(name.facts())

    async def upload_mask(self, request: Request) -> Response:
        name = await self._read_form(request, self._add_mask)
        return JSONResponse(name.facts())

    def _add_image(self, form: Form, fields: Fields) -> ImageName:
        name, data, overwrites = _read_upload(form, fields)
        return self._pictures.add(name, data, overwrites=overwrites)

    def _add_mask(self, form: Form, fields: Fields) -> ImageName:
        name, data, overwrites = _read_upload(form, fields)
        original = Fields.parse((fields.text("original_ref") or "").encode())
        filename, subfolder = original.text("filename") or "", original.text("subfolder") or ""
        source = ImageName.of(filename, subfolder, original.text("type") or "output")
        return self._pictures.add_mask(name, data, source, overwrites=overwrites)

    # Facts

    async def object_info(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self._describe_nodes))

    async def node_info(self, request: Request) -> Response:
        nodes = await asyncio.to_thread(self._describe_nodes)
        name = request.path_params["node"]
        return JSONResponse({name: nodes[name]} if name in nodes else {})

    async def model_info(self, request: Request) -> Response:
        folder = request.path_params.get("folder", "checkpoints")
        limit, offset = number_param(request, "limit"), number_param(request, "offset")
        return JSONResponse(
            await asyncio.to_thread(lambda: model_info(self._service, folder, limit=limit, offset=offset))
        )

    async def languages(self, request: Request) -> Response:
        """Return an empty list of languages, because prompts are not translated."""
        return JSONResponse([])

    async def ignore_workflows(self, request: Request) -> Response:
        """Accept and ignore a window that wants shared graphs, because this server has none."""
        await self._read(request, lambda fields: fields.text("client_id"))
        return JSONResponse({"status": "success"})

    def _describe_nodes(self) -> dict[str, Any]:
        nodes = object_info(self._list_names())
        images = self._pictures.names()
        for name in ("LoadImage", "LoadImageMask"):
            required = nodes[name]["input"]["required"]
            # Clients offer these names. Others are accepted, too: those of generated images.
            required["image"] = [images, required["image"][1]]
        return nodes

    async def system_stats(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(system_stats))

    async def folders(self, request: Request) -> Response:
        return JSONResponse(list(await asyncio.to_thread(find_names, self._service)))

    async def models(self, request: Request) -> Response:
        names = await asyncio.to_thread(find_names, self._service)
        folder = request.path_params["folder"]
        if folder not in names:
            raise NotFoundError("There is no folder of that name; /models lists them.")
        return JSONResponse(names[folder])

    async def embeddings(self, request: Request) -> Response:
        return JSONResponse((await asyncio.to_thread(find_names, self._service))["embeddings"])

    async def features(self, request: Request) -> Response:
        return JSONResponse(self._list_features())

    def _list_features(self) -> dict[str, Any]:
        return {"supports_preview_metadata": False, "max_upload_size": self._service.limits.body_bytes}

    def _list_names(self) -> dict[str, list[str]]:
        """Return the names that nodes can refer to."""
        return add_required_names(find_names(self._service))

    # WebSocket

    async def no_socket(self, request: Request) -> Response:
        raise HttpError(426, "Connect by WebSocket; the server needs the package wsproto for that.")

    async def socket(self, socket: WebSocket) -> None:
        """Send a client the state of the queue, and the progress of its prompts."""
        service = self._service
        client_id = socket.query_params.get("clientId", "")[:_MAX_CLIENT_ID] or uuid.uuid4().hex
        found = Socket(socket, client_id, self._prompts.wants_previews)
        service.events.add(found)
        try:
            if len(service.events) + service.logs.reader_count > service.limits.listeners:
                await socket.close(1013)
                return
            await socket.accept()
            self._prompts.connect(found)
            try:
                await found.run(self._pictures, service.limits.send_seconds, self._answer_message)
            finally:
                self._prompts.disconnect(found)
        finally:
            service.events.remove(found)

    def _answer_message(self, data: dict[str, Any]) -> Message | None:
        """Answer a client that names the features that it supports."""
        return Message.of("feature_flags", self._list_features()) if data.get("type") == "feature_flags" else None

    # Bodies

    async def _read(self, request: Request, convert: Callable[[Fields], T]) -> T:
        rules = endpoint_of(request).body
        found: T = await self._convert_body(request, lambda body: convert(Fields.parse(body, rules)))
        return found

    async def _read_form(self, request: Request, convert: Callable[[Form, Fields], ImageName]) -> ImageName:
        kind = request.headers.get("content-type", "")
        if not kind.lower().startswith(FORM_TYPE):
            raise HttpError(415, f"Send the body as {FORM_TYPE}.")
        rules = endpoint_of(request).body or {}

        def read(body: bytes) -> ImageName:
            form = parse_form(body, kind)
            return convert(form, form.fields(rules))

        found: ImageName = await self._convert_body(request, read)
        return found


def _read_upload(form: Form, fields: Fields) -> tuple[ImageName, bytes, bool]:
    """Return the name and the content of the image in a form, and whether it replaces one of that name."""
    files = form.files.get("image", [])
    if len(files) != 1:
        raise BadRequest("image must be one image file.")
    folder = fields.text("type") or "input"
    name = ImageName.of(form.filenames["image"], fields.text("subfolder") or "", folder)
    return name, files[0], (fields.text("overwrite") or "").lower() in ("1", "true")


def _without_image(node: dict[str, Any]) -> dict[str, Any]:
    if node["class_type"] not in _EMBEDDING_NODES:
        return node
    return node | {"inputs": {name: shorten(each) for name, each in node.get("inputs", {}).items()}}


def _count_text(graph: Mapping[str, Any]) -> int:
    """Return the number of characters of the images in a graph."""
    inputs = [node.get("inputs", {}) for node in graph.values() if node["class_type"] in _EMBEDDING_NODES]
    return sum(len(each) for found in inputs for each in found.values() if isinstance(each, str))


def _identify_client(request: Request) -> Client:
    address = request.client.host if request.client else ""
    return Client.named(address, request.headers.get("user-agent", ""), "ComfyUI API")
