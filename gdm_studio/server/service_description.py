"""Descriptions of the server for other programs: its endpoints in OpenAPI's format, and its state for Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gdm_studio import __version__
from gdm_studio.server import a1111_field_rules, openai
from gdm_studio.server.access_control import FORM_TYPE, FORMS, PUBLIC, SIGNED
from gdm_studio.server.json_fields import Rules

if TYPE_CHECKING:
    from gdm_studio.server.service import Service

METRICS_TYPE = "text/plain; version=0.0.4"
# {path of an endpoint: the fields of its body}
_BODIES: dict[str, Rules] = {
    "/sdapi/v1/txt2img": a1111_field_rules.TXT2IMG,
    "/sdapi/v1/img2img": a1111_field_rules.IMG2IMG,
    "/sdapi/v1/options": a1111_field_rules.OPTIONS,
    "/sdapi/v1/png-info": a1111_field_rules.PNG_INFO,
    "/sdapi/v1/extra-single-image": a1111_field_rules.EXTRA_SINGLE,
    "/sdapi/v1/extra-batch-images": a1111_field_rules.EXTRA_BATCH,
    "/v1/images/generations": openai.GENERATION,
    FORMS: openai.EDIT,
}
# {event: name and help of the counter of such events}
_COUNTERS = {
    "queued": ("requests_accepted_total", "Requests for images that were accepted."),
    "done": ("requests_done_total", "Requests that were carried out."),
    "stopped": ("requests_stopped_total", "Requests that were cancelled or interrupted."),
    "failed": ("requests_failed_total", "Requests that failed."),
    "saved": ("images_saved_total", "Images that were saved in the gallery."),
    "step": ("steps_total", "Denoising steps."),
}


def api_description(endpoints: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the description of the server in OpenAPI's format. `endpoints` are methods and paths."""
    paths: dict[str, dict[str, Any]] = {}
    for method, route in endpoints:
        path = route.replace(":path}", "}")
        operation: dict[str, Any] = {
            "operationId": f"{method.lower()}_{re.sub('[^a-zA-Z0-9]+', '_', path).strip('_')}",
            "responses": {"200": {"description": "The answer."}, "default": {"description": "One sentence."}},
        }
        if names := re.findall(r"{(\w+)}", path):
            operation["parameters"] = [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
            ]
        if path in PUBLIC or path.startswith(SIGNED):
            operation["security"] = []
        if method == "POST" and route in _BODIES:
            kind = FORM_TYPE if route == FORMS else "application/json"
            operation["requestBody"] = {
                "content": {kind: {"schema": _build_schema(_BODIES[route], is_form=route == FORMS)}}
            }
        paths.setdefault(path, {})[method.lower()] = operation
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


def _build_schema(rules: Rules, *, is_form: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {name: {"type": rule.json_type} for name, rule in rules.items()}
    if is_form:
        file = {"type": "string", "format": "binary"}
        properties |= {"image": {"type": "array", "items": file}, "mask": file}
    return {"type": "object", "properties": properties}


def metrics(service: Service) -> str:
    """Return the state of the server in Prometheus' text format."""
    numbers = [
        ("requests_waiting", "gauge", "Requests that wait for their turn.", service.waiting_count()),
        ("requests_running", "gauge", "Requests that are running.", int(service.state().ticket is not None)),
        *((name, "counter", meaning, service.events.counts[event]) for event, (name, meaning) in _COUNTERS.items()),
    ]
    lines = []
    for name, kind, meaning, value in numbers:
        full = f"gdm_studio_{name}"
        lines += [f"# HELP {full} {meaning}", f"# TYPE {full} {kind}", f"{full} {value}"]
    return "\n".join(lines) + "\n"
