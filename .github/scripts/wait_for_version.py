"""
Wait until a service says that it is ready, and of a version.

    wait_for_version.py URL VERSION [--timeout-seconds 1200] [--in-a-row 3] [--pause-seconds 5]

Several instances answer at one address, old ones among them while new ones start: it is over when several
answers in a row were right. Then the status is 0; when the time is up, 1, and a line says what the last was.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError

ANSWER_SECONDS = 20.0
_LONGEST_ANSWER = 1 << 16


@dataclass(frozen=True)
class Answer:
    """The status of an answer, 0 if there was none, and the JSON object in it, which may be empty."""

    status: int
    body: dict[str, object]


def ask(url: str) -> Answer:
    """Return what *url* answers; whatever goes wrong is an answer, too."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # our operator's own url
            return Answer(answer.status, _object_in(answer.read(_LONGEST_ANSWER)))
    except HTTPError as error:
        return Answer(error.code, _object_in(error.read(_LONGEST_ANSWER)))
    except (OSError, HTTPException):
        return Answer(0, {})


def _object_in(text: bytes) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def look(service: str, version: str) -> str | None:
    """Say in words what is not as it should be with *service*, None if all is well."""
    health = ask(f"{service}/v1/health")
    if health.status != 200:
        return f"/v1/health answers {health.status or 'nothing'}"
    if health.body.get("version") != version:
        return f"/v1/health is of version {health.body.get('version')}"
    ready = ask(f"{service}/v1/ready")
    if ready.body.get("version") != version:
        return f"/v1/ready answers {ready.status or 'nothing'}, of version {ready.body.get('version')}"
    if ready.status != 200:
        return f"/v1/ready answers {ready.status}, unavailable: {', '.join(_unavailable(ready)) or 'nothing'}"
    return None


def _unavailable(ready: Answer) -> list[str]:
    dependencies = ready.body.get("dependencies")
    known = (
        [each for each in dependencies if isinstance(each, dict)] if isinstance(dependencies, list) else []
    )
    return [str(each.get("name")) for each in known if each.get("state") == "unavailable"]


def wait(
    service: str, version: str, *, timeout_seconds: float, in_a_row: int, pause_seconds: float
) -> str | None:
    """Look until all is well *in_a_row* times; say what was not, in the end, when the time is up."""
    give_up_at = time.monotonic() + timeout_seconds
    well, said = 0, ""
    while True:
        issue = look(service, version)
        well = 0 if issue else well + 1
        if well == in_a_row:
            return None
        if issue and issue != said:
            print(issue, flush=True)  # noqa: T201  # to be read while it happens
            said = issue
        if time.monotonic() > give_up_at:
            return issue or "ready, but not for long enough"
        time.sleep(pause_seconds)


def main() -> None:
    """Wait as the command line says."""
    parser = argparse.ArgumentParser(description="Wait until a service is ready, and of a version.")
    parser.add_argument("url")
    parser.add_argument("version")
    parser.add_argument("--timeout-seconds", type=float, default=1200.0)
    parser.add_argument("--in-a-row", type=int, default=3)
    parser.add_argument("--pause-seconds", type=float, default=5.0)
    wanted = parser.parse_args()
    if not wanted.version:
        parser.error("the version is empty")
    service = wanted.url.rstrip("/")
    issue = wait(
        service,
        wanted.version,
        timeout_seconds=wanted.timeout_seconds,
        in_a_row=wanted.in_a_row,
        pause_seconds=wanted.pause_seconds,
    )
    if issue is not None:
        sys.exit(f"{service} is not ready as {wanted.version}: {issue}. See docs/operations/deployment.md.")
    sys.stdout.write(f"{service} is ready as {wanted.version}\n")


if __name__ == "__main__":
    main()
