"""HTTP Basic (RFC 7617), which several doors log in with."""

from __future__ import annotations

import base64

from mmspack.gateway.secrets import Secret


def basic(user: str, password: Secret) -> dict[str, str]:
    """The Authorization header; none where there is no user."""
    if not user:
        return {}
    pair = base64.b64encode(f"{user}:{password.reveal()}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}
