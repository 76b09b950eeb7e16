"""HTTP interface: A1111's API, OpenAI's images API, ComfyUI's interface, an event stream, and a web page for phones."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Scope

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, DeviceError
from gdm_studio.server import a1111, a1111_field_rules, controlnet, openai
from gdm_studio.server.access_control import (
    FORM_TYPE,
    FORMS,
    SIGNED,
    Access,
    Guard,
    HttpError,
    error_response,
    is_comfyui,
)
from gdm_studio.server.body_memory_limit import IncomingBodies
from gdm_studio.server.client_requests import (
    Client,
    PartialImage,
    SavedImage,
    Ticket,
    client_priority,
    client_turn,
)
from gdm_studio.server.comfyui.conversion import find_names
from gdm_studio.server.comfyui.endpoints import ComfyUI
from gdm_studio.server.endpoints import (
    EVENTS,
    JSON,
    Endpoint,
    Handler,
    NumberParam,
    ResponseCounts,
    SwitchParam,
    endpoint_of,
    number_param,
    switch_param,
)
from gdm_studio.server.event_stream import CONNECTED, KEEP_ALIVE, NOTHING, EventStream, event_text
from gdm_studio.server.events import Listener
from gdm_studio.server.fair_queue import Priority
from gdm_studio.server.image_formats import MEDIA_TYPES
from gdm_studio.server.json_fields import FieldError, Fields
from gdm_studio.server.limits import BusyError, IdReusedError, NotFoundError, TooManyRequestsError, is_disk_full
from gdm_studio.server.multipart_form import parse_form, without_boundary
from gdm_studio.server.png_files import png_within, reduced_png
from gdm_studio.server.requests_by_id import RequestsById, check_id
from gdm_studio.server.service import Service
from gdm_studio.server.service_description import METRICS_TYPE, api_description, metrics
from gdm_studio.server.signed_links import SignedLinks

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.request.generation_request import Request as ImageRequest
    from gdm_studio.server.adetailer import RequestedDetail

# Maximum number of images that are decoded at the same time.
DECODERS = 2
INTERRUPTED = "The request was interrupted before its first image was finished."
# Maximum number of images of the gallery in an answer.
MAX_LISTED = 50
# Headers of requests.
IDEMPOTENCY_KEY = "idempotency-key"
PRIORITY = "x-priority"
TXT2IMG = "/sdapi/v1/txt2img"
IMG2IMG = "/sdapi/v1/img2img"
# Answers of endpoints that clients read at their start, but that have no counterpart here.
EMPTY: dict[str, Any] = {
    "/sdapi/v1/cmd-flags": {},
    "/sdapi/v1/face-restorers": [],
    "/sdapi/v1/hypernetworks": [],
    "/sdapi/v1/latent-upscale-modes": [],
    "/sdapi/v1/memory": {"ram": {}, "cuda": {}},
    "/sdapi/v1/prompt-styles": [],
    "/sdapi/v1/realesrgan-models": [],
    "/sdapi/v1/script-info": [],
    "/sdapi/v1/scripts": {"txt2img": ["controlnet"], "img2img": ["controlnet"]},
    "/sdapi/v1/sd-vae": [],
    "/controlnet/version": {"version": 3},
    "/internal/ping": {},
}
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Maximum number of characters of the name that a client gives its request, by which it recognises the events.
_TASK_ID_LENGTH = 64
# Address of OpenAI's API that is not offered. It looks like the address of an image of the gallery.
_VARIATIONS = "/v1/images/variations"
T = TypeVar("T")


def create_app(service: Service, access: Access) -> ASGIApp:
    """Return the ASGI application of the HTTP server, with all endpoints and access control."""
    api = _Api(service)
    comfyui = ComfyUI(service, api._convert, api._decoders)
    limits = service.limits
    side = NumberParam(limits.side, 16, limits.side)
    endpoints = [
        Endpoint("GET", "/", api.page, answers=("text/html",)),
        Endpoint("GET", "/health", api.health),
        Endpoint("GET", "/metrics", api.metrics, answers=("text/plain",)),
        Endpoint("GET", "/openapi.json", api.description),
        Endpoint("GET", "/favicon.ico", api.no_icon, status=204, answers=()),
        Endpoint("POST", TXT2IMG, partial(api.generate, starts_from_image=False), a1111_field_rules.TXT2IMG),
        Endpoint("POST", IMG2IMG, partial(api.generate, starts_from_image=True), a1111_field_rules.IMG2IMG),
        Endpoint("GET", "/sdapi/v1/progress", api.progress, query={"skip_current_image": SwitchParam()}),
        Endpoint("GET", "/sdapi/v1/options", api.options),
        Endpoint("POST", "/sdapi/v1/options", api.set_options, a1111_field_rules.OPTIONS),
        Endpoint("GET", "/sdapi/v1/sd-models", api.models),
        Endpoint("POST", "/sdapi/v1/refresh-checkpoints", api.refresh),
        Endpoint("GET", "/sdapi/v1/samplers", api.samplers),
        Endpoint("GET", "/sdapi/v1/schedulers", api.schedulers),
        Endpoint("GET", "/sdapi/v1/upscalers", api.upscalers),
        Endpoint("GET", "/sdapi/v1/loras", api.loras),
        Endpoint("GET", "/sdapi/v1/embeddings", api.embeddings),
        Endpoint("POST", "/sdapi/v1/png-info", api.png_info, a1111_field_rules.PNG_INFO),
        Endpoint("POST", "/sdapi/v1/interrupt", api.interrupt),
        Endpoint("POST", "/sdapi/v1/skip", api.interrupt),
        Endpoint("POST", "/sdapi/v1/extra-single-image", api.enlarge, a1111_field_rules.EXTRA_SINGLE),
        Endpoint("POST", "/sdapi/v1/extra-batch-images", api.enlarge_batch, a1111_field_rules.EXTRA_BATCH),
        Endpoint("GET", "/controlnet/model_list", api.control_models),
        Endpoint("GET", "/controlnet/module_list", api.control_modules),
        Endpoint("GET", "/queue/status", api.queue_status),
        Endpoint("POST", "/v1/images/generations", api.openai_images, openai.GENERATION, answers=(JSON, EVENTS)),
        Endpoint("POST", FORMS, api.openai_edits, openai.EDIT, openai.EDIT_FILES, answers=(JSON, EVENTS)),
        Endpoint("GET", "/v1/models", api.openai_models),
        Endpoint("GET", "/v1/models/{name:path}", api.openai_model),
        Endpoint("GET", SIGNED + "{file}", api.signed_image, answers=MEDIA_TYPES),
        Endpoint("GET", "/v1/events", api.events, query={"previews": SwitchParam()}, answers=(EVENTS,)),
        *RequestsById(service, api._read_with_digest).endpoints(),
        Endpoint("GET", "/v1/images", api.gallery_images, query={"limit": NumberParam(12, 1, MAX_LISTED)}),
        Endpoint("GET", "/v1/images/{id}", api.gallery_image, query={"side": side}, answers=("image/png",)),
        *comfyui.endpoints(),
        *(Endpoint("GET", path, partial(_answer_constant, answer)) for path, answer in EMPTY.items()),
    ]
    api.endpoints = endpoints
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(access.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", IDEMPOTENCY_KEY, PRIORITY],
    )
    app = Starlette(
        routes=[
            *(Route(each.path, api.with_error_responses(each), methods=[each.method]) for each in endpoints),
            *comfyui.socket_routes(),
        ],
        middleware=[cors] if access.origins else [],
        exception_handlers={404: _answer_not_found, 405: _answer_not_found},
    )
    # A redirection would repeat the host that the client named.
    app.router.redirect_slashes = False

    def is_known(scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in app.router.routes)

    return Guard(app, access, service.limits, api.responses, is_known)


class _Api:
    """Handlers of the endpoints of the HTTP server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.endpoints: list[Endpoint] = []
        self.responses = ResponseCounts()
        self._bodies = IncomingBodies(service.limits.bodies_bytes)
        self._links = SignedLinks()
        self._decoders = asyncio.Semaphore(DECODERS)

    def with_error_responses(self, endpoint: Endpoint) -> Handler:
        """Wrap an endpoint's handler so that its errors become HTTP responses with a suitable status."""

        async def answer(request: Request) -> Response:
            path = request.url.path
            endpoint.enter(request.scope)
            client_turn.set(_identify_client(request, "").turn)
            try:
                client_priority.set(_read_priority(request))
                return await endpoint.handler(request)
            except ClientDisconnect:
                return Response(status_code=400)
            except NotFoundError as error:
                return error_response(path, 404, self._service.report(error), detail=error.detail)
            except IdReusedError as error:
                return error_response(path, 422, str(error))
            except BadRequest as error:
                status = 400 if path.startswith("/v1/") or is_comfyui(path) else 422
                field = error.field if isinstance(error, FieldError) else None
                return error_response(path, status, self._service.report(error), field=field)
            except BusyError as error:
                sentence = self._service.report(error)
                status = 429 if isinstance(error, TooManyRequestsError) else 503
                return error_response(path, status, sentence, may_retry=error.is_temporary)
            except HttpError as error:
                return error_response(path, error.status, str(error))
            except Exception as error:
                return error_response(path, 507 if is_disk_full(error) else 500, self._service.report(error))

        return answer

    async def page(self, request: Request) -> Response:
        text = await asyncio.to_thread((paths.resources() / "server" / "page.html").read_text, "utf-8")
        return HTMLResponse(text, headers={"content-security-policy": _POLICY})

    async def no_icon(self, request: Request) -> Response:
        return Response(status_code=204)

    async def health(self, request: Request) -> Response:
        """Respond to a program that checks whether the server is working, without a token."""
        is_healthy = await asyncio.to_thread(self._service.is_healthy)
        return JSONResponse({"status": "ok" if is_healthy else "unavailable"}, 200 if is_healthy else 503)

    async def metrics(self, request: Request) -> Response:
        return Response(metrics(self._service, self.responses.counts), media_type=METRICS_TYPE)

    async def description(self, request: Request) -> Response:
        return JSONResponse(api_description(self.endpoints))

    async def generate(self, request: Request, *, starts_from_image: bool) -> Response:
        def build(
            fields: Fields,
        ) -> tuple[ImageRequest, tuple[RequestedDetail, ...], list[str], dict[str, Any], str, bool]:
            task_id = (fields.text("force_task_id") or "")[:_TASK_ID_LENGTH]
            sends_images = fields.raw("send_images") is None or fields.flag("send_images")
            made = a1111.request_from(self._service, fields, starts_from_image=starts_from_image)
            return *made, fields.scalars(a1111.REPEATED), task_id, sends_images

        made, digest = await self._read_with_digest(request, build)
        wanted, details, ignored, repeated, task_id, sends_images = made
        client = _identify_client(request, "A1111 API")
        if key := _read_key(request):
            if details:
                sentence = "An Idempotency-Key and ADetailer units or <segment:…> tags cannot be combined; omit one."
                raise BadRequest(sentence)
            ticket = await self._accept(wanted, client, key, digest)
            wanted = ticket.request
        else:
            ticket = self._service.submit(wanted, client, ticket_id=task_id, details=details)
        images: list[SavedImage | PartialImage] = [*await self._wait_for_images(request, ticket), *ticket.partial]
        ignored += dict.fromkeys(ticket.left_out)
        build_answer = partial(a1111.build_response, images, wanted, repeated, ignored, sends_images=sends_images)
        return JSONResponse(await asyncio.to_thread(build_answer))

    async def openai_images(self, request: Request) -> Response:
        wanted, digest = await self._read_with_digest(request, partial(openai.request_from, self._service))
        return await self._answer_openai(request, wanted, digest)

    async def openai_edits(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "")
        if not kind.lower().startswith(FORM_TYPE):
            raise HttpError(415, f"Send the body as {FORM_TYPE}.")

        def convert(body: bytes) -> tuple[openai.ImageRequest, str]:
            form = parse_form(body, kind)
            digest = _compute_digest(request, without_boundary(body, kind))
            return openai.edit_from(self._service, form.fields(endpoint_of(request).body or {}), form.files), digest

        wanted, digest = await self._convert(request, convert)
        return await self._answer_openai(request, wanted, digest)

    async def _answer_openai(self, request: Request, wanted: openai.ImageRequest, digest: str) -> Response:
        client = _identify_client(request, "OpenAI API")
        ticket = None
        if key := _read_key(request):
            ticket = await self._accept(wanted.request, client, key, digest)
        if wanted.streams:
            return self._stream_images(wanted, client, ticket)
        images = await self._wait_for_images(request, ticket or self._service.submit(wanted.request, client))
        if not images:
            raise BadRequest(INTERRUPTED)
        host = request.headers.get("host", "")

        def address(image: SavedImage) -> str:
            return f"http://{host}{self._links.path(image.picture.id, wanted.format)}"

        return JSONResponse(await asyncio.to_thread(openai.build_response, images, wanted, address))

    def _stream_images(self, wanted: openai.ImageRequest, client: Client, accepted: Ticket | None) -> Response:
        """Generate the images of a client of OpenAI's API that follows them as Server-Sent Events.

        If the client closes the connection, the request is cancelled, unless it was accepted under a key. Raises
        BusyError.
        """
        events = self._service.events
        request_id = uuid.uuid4().hex if accepted is None else accepted.id
        listener = Listener(previews=wanted.partial_images > 0, request_id=request_id)
        events.add(listener)
        try:
            ticket = accepted or self._service.submit(wanted.request, client, ticket_id=request_id)
        except BaseException:
            events.remove(listener)
            raise

        def close() -> None:
            events.remove(listener)
            if not ticket.answer.done() and not ticket.is_kept:
                self._service.cancel(ticket)

        return EventStream(self._generate_image_events(wanted, ticket, listener), close)

    async def _generate_image_events(
        self, wanted: openai.ImageRequest, ticket: Ticket, listener: Listener
    ) -> AsyncIterator[str]:
        answer: asyncio.Future[list[SavedImage]] = asyncio.wrap_future(ticket.answer)
        answer.add_done_callback(_ignore_error)
        sent = 0
        yield CONNECTED
        while not answer.done():
            heard = asyncio.ensure_future(listener.get(KEEP_ALIVE))
            await asyncio.wait((answer, heard), return_when=asyncio.FIRST_COMPLETED)
            heard.cancel()
            found = heard.result() if heard.done() and not heard.cancelled() else []
            if not found and not answer.done():
                yield NOTHING
            for event in found:
                is_due = event["event"] == "step" and event["step"] in wanted.partial_steps(event["of"])
                if is_due and sent < wanted.partial_images and event.get("preview"):
                    async with self._decoders:
                        facts = await asyncio.to_thread(openai.partial_event, wanted, sent, event["preview"])
                    sent += 1
                    yield _format_image_event(facts)
        try:
            answer.result()
            images = await asyncio.to_thread(self._service.load_images, ticket)
        except Exception as error:
            yield _format_image_event(openai.error_event(self._service.report(error)))
            return
        if not images:
            yield _format_image_event(openai.error_event(INTERRUPTED))
        for image in images:
            async with self._decoders:
                facts = await asyncio.to_thread(openai.completed_event, wanted, image)
            yield _format_image_event(facts)

    async def signed_image(self, request: Request) -> Response:
        """Return an image of the gallery to whoever has its signed address."""
        image_id, image_format = self._links.read(request.path_params["file"], request.query_params)
        picture = await asyncio.wrap_future(self._service.find(image_id))
        if picture is None:
            raise NotFoundError("This image was deleted.")
        async with self._decoders:
            png = await asyncio.to_thread(reduced_png, picture.path, self._service.limits.side)
            data = await asyncio.to_thread(image_format.encode, png)
        return Response(data, media_type=image_format.media_type)

    async def openai_model(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(openai.model, self._service, request.path_params["name"]))

    async def openai_models(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(openai.models, self._service))

    async def progress(self, request: Request) -> Response:
        wants_image = not switch_param(request, "skip_current_image")
        return JSONResponse(a1111.progress(self._service.state(with_preview=wants_image)))

    async def options(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(a1111.options, self._service))

    async def set_options(self, request: Request) -> Response:
        """Select the model that a client sets in A1111's options.

        Other options are ignored. The answer lists those whose values differ from the server's.
        """

        def build(fields: Fields) -> tuple[str | None, list[str]]:
            name = fields.text("sd_model_checkpoint")
            fields.skip("sd_checkpoint_hash")
            return name, fields.ignored()

        name, ignored = await self._read(request, build)
        if name:
            card = await asyncio.to_thread(a1111.model_named, self._service, name)
            await asyncio.to_thread(self._service.models.select, card.name)
        return JSONResponse({"ignored": ignored} if ignored else None)

    async def models(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(a1111.models, self._service))

    async def refresh(self, request: Request) -> Response:
        await asyncio.to_thread(self._service.library.refresh)
        return JSONResponse(None)

    async def samplers(self, request: Request) -> Response:
        return JSONResponse(a1111.samplers())

    async def schedulers(self, request: Request) -> Response:
        return JSONResponse(a1111.schedulers())

    async def upscalers(self, request: Request) -> Response:
        return JSONResponse(a1111.upscalers(self._service))

    async def loras(self, request: Request) -> Response:
        return JSONResponse(a1111.loras((await asyncio.to_thread(find_names, self._service))["loras"]))

    async def embeddings(self, request: Request) -> Response:
        return JSONResponse(a1111.embeddings((await asyncio.to_thread(find_names, self._service))["embeddings"]))

    async def png_info(self, request: Request) -> Response:
        return JSONResponse(await self._read(request, a1111.png_info))

    async def interrupt(self, request: Request) -> Response:
        self._service.interrupt(_identify_client(request, "A1111 API"))
        return JSONResponse({})

    async def enlarge(self, request: Request) -> Response:
        def build(fields: Fields) -> tuple[a1111.UpscalingTask, list[str]]:
            return a1111.UpscalingTask.of(self._service, fields), fields.ignored()

        task, ignored = await self._read(request, build)
        (image,) = await self._enlarge_all(request, [task])
        return JSONResponse({"html_info": "", "image": image, "ignored": ignored})

    async def enlarge_batch(self, request: Request) -> Response:
        def build(fields: Fields) -> tuple[list[a1111.UpscalingTask], list[str]]:
            return a1111.enlargements(self._service, fields), fields.ignored()

        tasks, ignored = await self._read(request, build)
        images = await self._enlarge_all(request, tasks)
        return JSONResponse({"html_info": "", "images": images, "ignored": ignored})

    async def _enlarge_all(self, request: Request, tasks: Sequence[a1111.UpscalingTask]) -> list[str]:
        """Enlarge images, and return them as PNG in base64. Stops if the client closes the connection."""
        images = []
        gone = asyncio.create_task(_wait_for_disconnect(request))
        try:
            for task in tasks:
                if task.needs_network:
                    work = partial(task.upscale_by_network, lambda: not (self._service.is_closing or gone.done()))
                    # The other requests are decoded while this one waits for a step to end.
                    task = await asyncio.wrap_future(self._service.call(work))
                async with self._decoders:
                    png = await asyncio.to_thread(task.png)
                images.append(base64.b64encode(png).decode())
        except DeviceError as error:
            if gone.done():
                raise ClientDisconnect from error
            raise
        finally:
            gone.cancel()
        return images

    async def control_models(self, request: Request) -> Response:
        card = await asyncio.to_thread(self._service.models.card)
        return JSONResponse({"model_list": controlnet.models(card)})

    async def control_modules(self, request: Request) -> Response:
        return JSONResponse({"module_list": controlnet.modules(), "module_detail": {}})

    async def gallery_images(self, request: Request) -> Response:
        """Return the settings of the newest gallery images as JSON, without their pixels."""
        limit = number_param(request, "limit")
        pictures = await asyncio.wrap_future(self._service.search("", limit))
        return JSONResponse({"data": [_collect_facts(picture) for picture in pictures]})

    async def gallery_image(self, request: Request) -> Response:
        """Return an image of the gallery as PNG. It is downscaled to the side length in the parameter `side` of the
        URL.
        """
        side = number_param(request, "side")
        picture = await asyncio.wrap_future(self._service.find(request.path_params["id"]))
        if picture is None:
            raise NotFoundError("There is no image with this id.")
        async with self._decoders:
            png = await asyncio.to_thread(png_within, picture.path, side)
        return Response(png, media_type="image/png")

    async def queue_status(self, request: Request) -> Response:
        """Respond to a Gradio client's request for the queue status. Some clients use it to detect a running server."""
        return JSONResponse({"msg": "estimation", "queue_size": self._service.waiting_count()})

    async def events(self, request: Request) -> Response:
        """Stream the events of all running requests to a client as Server-Sent Events.

        `?previews=1` adds an image to each step.
        """
        if len(self._service.events) + self._service.logs.reader_count >= self._service.limits.listeners:
            raise BusyError("Too many programs follow the events; try again later.")
        listener = Listener(previews=switch_param(request, "previews"))
        self._service.events.add(listener)
        return EventStream(_stream_events(listener), lambda: self._service.events.remove(listener))

    async def _read(self, request: Request, convert: Callable[[Fields], T]) -> T:
        """Read the body of an HTTP request, check its JSON object by the endpoint's fields, and convert it by a
        function. Raises BadRequest.
        """
        rules = endpoint_of(request).body
        return await self._convert(request, lambda body: convert(Fields.parse(body, rules)))

    async def _read_with_digest(self, request: Request, convert: Callable[[Fields], T]) -> tuple[T, str]:
        """Read the body like `_read`, and return the result with a digest of the address and the body."""
        rules = endpoint_of(request).body

        def convert_body(body: bytes) -> tuple[T, str]:
            return convert(Fields.parse(body, rules)), _compute_digest(request, body)

        return await self._convert(request, convert_body)

    async def _accept(self, wanted: ImageRequest, client: Client, key: str, digest: str) -> Ticket:
        """Accept a request that the client may repeat under the same key, after a failure too."""
        accept = partial(self._service.accept, wanted, client, key, digest=digest, repeats_failed=True)
        return await asyncio.to_thread(accept)

    async def _convert(self, request: Request, convert: Callable[[bytes], T]) -> T:
        """Read the body of an HTTP request, and convert it by a function."""
        # `request.body()` would keep the body until the answer.
        async with self._bodies.receive(request.stream()) as body, self._decoders:
            return await asyncio.to_thread(convert, body)

    async def _wait_for_images(self, request: Request, ticket: Ticket) -> list[SavedImage]:
        """Wait for the images of a client's request, and cancel it if the client closes the connection, unless the
        request was accepted under a key.

        Raises the request's error.
        """
        answer: asyncio.Future[list[SavedImage]] = asyncio.wrap_future(ticket.answer)
        gone = asyncio.create_task(_wait_for_disconnect(request))
        try:
            both: list[asyncio.Future[Any]] = [answer, gone]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                answer.result()
                return await asyncio.to_thread(self._service.load_images, ticket)
            raise ClientDisconnect
        finally:
            gone.cancel()
            if not answer.done():
                # Cancelling `answer` too would keep the service from answering the ticket.
                answer.add_done_callback(_ignore_error)
                if not ticket.is_kept:
                    self._service.cancel(ticket)


async def _stream_events(listener: Listener) -> AsyncIterator[str]:
    yield CONNECTED
    while True:
        events = await listener.get(KEEP_ALIVE)
        yield "".join(map(event_text, events)) or NOTHING
        if events and events[-1]["event"] == "end":
            return


async def _wait_for_disconnect(request: Request) -> None:
    """Wait until the client closes its HTTP connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _ignore_error(answer: asyncio.Future[Any]) -> None:
    """Retrieve the exception of an abandoned asyncio task, so that asyncio does not report it as unhandled."""
    if not answer.cancelled():
        answer.exception()


async def _answer_constant(answer: Any, request: Request) -> Response:
    return JSONResponse(answer)


async def _answer_not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    if status == 404:
        sentence = "This server has no such address; /openapi.json lists all addresses."
        # Clients of A1111 compare the detail.
        return error_response(request.url.path, status, sentence, detail="Not Found")
    if request.url.path == _VARIATIONS:
        return error_response(request.url.path, 404, "There are no variations; /v1/images/edits changes an image.")
    return error_response(request.url.path, status, "This address does not answer that method.")


def _collect_facts(picture: Picture) -> dict[str, Any]:
    request = picture.request
    return {
        "id": picture.id,
        "prompt": request.prompt,
        "label": request.label,
        "seed": picture.facts.get("seed"),
        "model": picture.model,
        "size": list(picture.size),
        "created": picture.created,
    }


def _identify_client(request: Request, via: str) -> Client:
    address = request.client.host if request.client else ""
    return Client.named(address, request.headers.get("user-agent", ""), via)


def _read_priority(request: Request) -> Priority:
    """Return the priority in the header of a request. Raises BadRequest."""
    word = request.headers.get(PRIORITY, Priority.NORMAL.name).strip().upper()
    if word not in Priority.__members__:
        raise BadRequest("X-Priority must be high, normal or low.")
    return Priority[word]


def _read_key(request: Request) -> str:
    """Return the id under which a client may repeat a request, or "". Raises BadRequest."""
    key = request.headers.get(IDEMPOTENCY_KEY, "").strip().removeprefix('"').removesuffix('"')
    if IDEMPOTENCY_KEY in request.headers:
        check_id(key, "Idempotency-Key")
    return key


def _compute_digest(request: Request, body: bytes) -> str:
    return hashlib.sha256(request.url.path.encode() + b"\n" + body).hexdigest()


def _format_image_event(facts: Mapping[str, Any]) -> str:
    return f"event: {facts['type']}\ndata: {json.dumps(facts)}\n\n"
