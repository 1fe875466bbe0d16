"""The sandbox described in OpenAPI 3.1: its own interface, and what each door adds."""

from __future__ import annotations

from typing import Any

from mmspack.sandbox import desks
from mmspack.sandbox.chaos import MODES
from mmspack.sandbox.describing import BUSY, ID, STRING, ZIP, a_body, a_form, a_get, a_json, a_text

_CHANCES: dict[str, Any] = {
    "type": "object",
    "properties": {
        **{name: {"type": "number", "minimum": 0, "maximum": 1} for name in MODES},
        "seed": {"type": ["integer", "null"]},
    },
    "additionalProperties": False,
}
_REPORT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": STRING,
        "kind": {"enum": ["delivery", "read"]},
        "status": {"type": "integer", "minimum": 1, "maximum": 10},
    },
    "required": ["id"],
}
_REFUSED = a_text("What is wrong")
_MISSING = {"200": a_json("The message"), "404": a_text("No such message"), **BUSY}

_PHONE = dict.fromkeys(("from", "to", "subject"), STRING) | {"mms.zip": ZIP}


_OWN: dict[str, Any] = {
    "/livez": {"get": a_get("The process is running", a_text("ok"))},
    "/readyz": {"get": a_get("The inbox responds", a_text("ok"))},
    "/metrics": {"get": a_get("Counters for Prometheus", a_text("Counters"))},
    "/api/messages": {
        "get": a_get("Messages, newest first", a_json("Messages")),
        "delete": a_get("Empty the inbox", a_json("Number of deleted messages")),
    },
    "/api/messages/{id}": {"get": {"summary": "One message", "parameters": [ID], "responses": _MISSING}},
    "/api/chaos": {
        "get": a_get("Probabilities of simulated failures", a_json("By mode")),
        "put": {
            "summary": "Replace them",
            "requestBody": a_body(_CHANCES),
            "responses": {"200": a_json("By mode"), **BUSY, "400": _REFUSED},
        },
    },
    "/api/reports": {
        "post": {
            "summary": "Push a report about a message",
            "requestBody": a_body(_REPORT),
            "responses": {"202": a_json("Whether it was delivered"), **BUSY, "400": _REFUSED},
        }
    },
    "/api/inbound": {
        "post": {
            "summary": "A message from a phone",
            "requestBody": a_form(_PHONE, ["from", "to", "mms.zip"]),
            "responses": {"202": a_json("Its id, and whether it was delivered"), **BUSY, "400": _REFUSED},
        }
    },
    "/api/pushes": {"get": a_get("Recent pushes", a_json("Pushes"))},
}


def description() -> dict[str, Any]:
    """The whole document."""
    paths = {path: found for desk in desks.every() for path, found in desk.described().items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "mmspack sandbox", "version": "1", "summary": "A gateway on this machine"},
        "paths": {**paths, **_OWN},
    }
