"""Pieces of an OpenAPI description: the sandbox's interface and the doors are put together from them."""

from __future__ import annotations

from typing import Any

STRING: dict[str, Any] = {"type": "string"}
ZIP: dict[str, Any] = {"type": "string", "format": "binary"}
ID: dict[str, Any] = {"name": "id", "in": "path", "required": True, "schema": STRING}


def a_text(description: str) -> dict[str, Any]:
    """An answer in plain text."""
    return {"description": description, "content": {"text/plain": {"schema": STRING}}}


def a_json(description: str) -> dict[str, Any]:
    """An answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}


BUSY = {
    "400": a_text("An unknown Host header, or an invalid request"),
    "413": a_text("The request is too large"),
}
CHAOS = {"307": {"description": "Chaos"}, "429": a_text("Chaos"), "500": a_text("Chaos"), **BUSY}


def a_form(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """A multipart form."""
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def a_body(schema: dict[str, Any]) -> dict[str, Any]:
    """A request in JSON."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def a_get(summary: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An operation that reads."""
    return {"summary": summary, "responses": {"200": answer, **BUSY}, **more}
