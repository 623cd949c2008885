"""Whether the service in this container is alive: status 0 or 1, as HEALTHCHECK wants it."""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 4.0


def is_alive(port: int) -> bool:
    """Say whether /v1/health answers at *port* of this machine."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/v1/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(int(os.environ.get("NETWORK_PORT") or 8000)) else 1)
