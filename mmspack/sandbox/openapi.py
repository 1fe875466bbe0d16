"""The sandbox described in OpenAPI 3.1: the SendMMS contract, and its own interface."""

from __future__ import annotations

from typing import Any

from mmspack.gateway.sendmms.codes import CODES
from mmspack.gateway.sendmms.parameters import MAX_NOTE, MAX_SUBACCOUNT
from mmspack.sandbox.chaos import MODES


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}}


def _json(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}


_STRING: dict[str, Any] = {"type": "string"}
_FIELDS: dict[str, dict[str, Any]] = {
    "user": _STRING,
    "pass": {"type": "string", "format": "password"},
    "to": {
        "type": "string",
        "description": "Phone number (MSISDN) in international format",
        "examples": ["447700900999"],
    },
    "from": {
        "type": "string",
        "description": "Phone number (MSISDN) in international format",
        "examples": ["447700900111"],
    },
    "subject": _STRING,
    "note": {"type": "string", "maxLength": MAX_NOTE},
    "subaccount": {"type": "string", "maxLength": MAX_SUBACCOUNT},
    "deliveryreport": {"type": "string", "enum": ["true", "false"]},
    "readreport": {"type": "string", "enum": ["true", "false"]},
    "url": {"type": "string", "description": "URL of a hosted bundle"},
}
_REQUIRED = ["user", "pass", "to", "from"]
_BUSY = {
    "400": _text("An unknown Host header, or an invalid request"),
    "413": _text("The request is too large"),
}
_SENT = {
    "200": _text("The id of the message"),
    "403": _text("The reason in line 1, the code in line 2: " + ", ".join(map(str, CODES))),
    "307": {"description": "Chaos"},
    "429": _text("Chaos"),
    "500": _text("Chaos"),
    **_BUSY,
}
_ID = {"name": "id", "in": "path", "required": True, "schema": _STRING}


def _query(*names: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in (*_REQUIRED, "id"),
            "schema": _FIELDS.get(name, _STRING),
        }
        for name in names
    ]


def _multipart(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _get(summary: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": answer, **_BUSY}, **more}


_ZIP = {"type": "string", "format": "binary"}
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
        "id": _STRING,
        "kind": {"enum": ["delivery", "read"]},
        "status": {"type": "integer", "minimum": 1, "maximum": 10},
    },
    "required": ["id"],
}
_REFUSED = _text("What is wrong")
_MISSING = {"200": _json("The message"), "404": _text("No such message"), **_BUSY}

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "mmspack sandbox", "version": "1", "summary": "A SendMMS gateway on this machine"},
    "paths": {
        "/SendMMS": {
            "get": {"summary": "Send a hosted message", "parameters": _query(*_FIELDS), "responses": _SENT},
            "post": {
                "summary": "Send a message",
                "requestBody": _multipart({**_FIELDS, "mms.zip": _ZIP}, _REQUIRED),
                "responses": _SENT,
            },
        },
        "/RetrieveMMS": {
            "get": {
                "summary": "Fetch a message from a phone",
                "parameters": _query("user", "pass", "id"),
                "responses": {
                    "200": {"description": "The zip", "content": {"application/zip": {"schema": _ZIP}}},
                    "403": _SENT["403"],
                    **_BUSY,
                },
            }
        },
        "/livez": {"get": _get("The process is running", _text("ok"))},
        "/readyz": {"get": _get("The inbox responds", _text("ok"))},
        "/metrics": {"get": _get("Counters for Prometheus", _text("Counters"))},
        "/api/messages": {
            "get": _get("Messages, newest first", _json("Messages")),
            "delete": _get("Empty the inbox", _json("Number of deleted messages")),
        },
        "/api/messages/{id}": {"get": {"summary": "One message", "parameters": [_ID], "responses": _MISSING}},
        "/api/chaos": {
            "get": _get("Probabilities of simulated failures", _json("By mode")),
            "put": {
                "summary": "Replace them",
                "requestBody": _body(_CHANCES),
                "responses": {"200": _json("By mode"), **_BUSY, "400": _REFUSED},
            },
        },
        "/api/reports": {
            "post": {
                "summary": "Push a report about a message",
                "requestBody": _body(_REPORT),
                "responses": {"202": _json("Whether it was delivered"), **_BUSY, "400": _REFUSED},
            }
        },
        "/api/inbound": {
            "post": {
                "summary": "A message from a phone",
                "requestBody": _multipart(
                    {name: _FIELDS[name] for name in ("from", "to", "subject")} | {"mms.zip": _ZIP},
                    ["from", "to", "mms.zip"],
                ),
                "responses": {"202": _json("Its id, and whether it was delivered"), **_BUSY, "400": _REFUSED},
            }
        },
        "/api/pushes": {"get": _get("Recent pushes", _json("Pushes"))},
    },
}
