"""Descriptions of the server for other programs: its endpoints in OpenAPI's format, and its state for Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gdm_studio import __version__
from gdm_studio.server.access_control import FORM_TYPE, PUBLIC, SIGNED
from gdm_studio.server.endpoints import JSON, Endpoint

if TYPE_CHECKING:
    from gdm_studio.server.service import Service

METRICS_TYPE = "text/plain; version=0.0.4"
_PREFIX = "gdm_studio_"
# {event: name and help of the counter of such events}
_COUNTERS = {
    "queued": ("requests_accepted_total", "Requests for images that were accepted."),
    "done": ("requests_done_total", "Requests that were carried out."),
    "stopped": ("requests_stopped_total", "Requests that were cancelled or interrupted."),
    "failed": ("requests_failed_total", "Requests that failed."),
    "saved": ("images_saved_total", "Images that were saved in the gallery."),
    "step": ("steps_total", "Denoising steps."),
}


def api_description(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the description of the endpoints in OpenAPI's format, version 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        path = endpoint.address
        paths.setdefault(path, {})[endpoint.method.lower()] = _describe_operation(endpoint, path)
    return {
        "openapi": "3.1.0",
        "info": {"title": "GDM Studio", "version": __version__},
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            }
        },
        "security": [{"bearer": []}, {"basic": []}],
    }


def _describe_operation(endpoint: Endpoint, path: str) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "The answer."}
    if endpoint.answers:
        success["content"] = {media_type: {} for media_type in endpoint.answers}
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.method.lower()}_{re.sub('[^a-zA-Z0-9]+', '_', path).strip('_')}",
        "responses": {
            str(endpoint.status): success,
            "default": {"description": "An error, as one sentence.", "content": {JSON: {}}},
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    parameters += [{"name": name, "in": "query", "schema": param.schema} for name, param in endpoint.query.items()]
    if parameters:
        operation["parameters"] = parameters
    if path in PUBLIC or path.startswith(SIGNED):
        operation["security"] = []
    if endpoint.body is not None:
        properties = {name: rule.json_schema for name, rule in endpoint.body.items()}
        file = {"type": "string", "format": "binary"}
        for name, is_list in endpoint.files.items():
            properties[name] = {"type": "array", "items": file} if is_list else file
        media_type = FORM_TYPE if endpoint.files else JSON
        operation["requestBody"] = {"content": {media_type: {"schema": {"type": "object", "properties": properties}}}}
    return operation


def metrics(service: Service, responses: Mapping[tuple[str, str, int], int]) -> str:
    """Return the state of the server in Prometheus' text format. It contains nothing that a client has sent.

    `responses` are the numbers of HTTP responses by method, path of the endpoint, and status.
    """
    waiting, running = service.seconds.waiting, service.seconds.running
    numbers = [
        ("requests_waiting", "gauge", "Requests that wait for their turn.", service.waiting_count()),
        ("requests_running", "gauge", "Requests that are running.", service.running_count()),
        ("workers", "gauge", "Workers that can generate images.", service.runner.executor.worker_count),
        *((name, "counter", meaning, service.events.counts[event]) for event, (name, meaning) in _COUNTERS.items()),
        ("waiting_seconds_total", "counter", "Seconds for which the started requests had waited.", waiting),
        ("running_seconds_total", "counter", "Seconds for which the ended requests had run.", running),
    ]
    lines = []
    for name, kind, meaning, value in numbers:
        lines += [*_format_head(name, kind, meaning), f"{_PREFIX}{name} {value}"]
    lines += _format_head(
        "requests_waiting_by_address", "gauge", "Requests that wait for their turn, by network address."
    )
    for address, count in sorted(service.waiting_by_address().items()):
        lines.append(f'{_PREFIX}requests_waiting_by_address{{address="{address}"}} {count}')
    lines += _format_head(
        "http_responses_total", "counter", "HTTP responses; those without a path reached no endpoint."
    )
    for (method, path, status), count in sorted(responses.items()):
        labels = f'method="{method}",path="{path}",status="{status}"'
        lines.append(f"{_PREFIX}http_responses_total{{{labels}}} {count}")
    return "\n".join(lines) + "\n"


def _format_head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {_PREFIX}{name} {meaning}", f"# TYPE {_PREFIX}{name} {kind}"]
