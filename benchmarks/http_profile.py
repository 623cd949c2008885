"""
What the event loop's thread spends its time on, as text: `python -m benchmarks.http_profile --help`.

Frames of libraries are folded. Times are wall clock, waiting included (`[self]` of the runner); what other
threads do, such as looking for names, is not in it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.http_asks import SUMMARIZE, asks
from benchmarks.http_bodies import PROBED
from benchmarks.http_load import ask
from benchmarks.provider import provider_running
from tests.acceptance.service import KEY, model_at, running

REQUESTS = 300


def main(arguments: argparse.Namespace) -> None:
    """Print the profile of requests, one after the other, and write it to a file where one is named."""
    one = asks()[arguments.endpoint]
    with (
        tempfile.TemporaryDirectory() as folder,
        provider_running(0) as provider,
        running(Path(folder), PROBED, LOG_LOGLEVEL="info", **model_at(provider)) as service,
    ):
        requests = [one.written_out(service.url, KEY)]
        ask(service.url, requests, count=20)
        with service.client() as client:
            client.get("/_probe/profile")
            answers = ask(service.url, requests, count=arguments.requests)
            profile = client.get("/_probe/profile/text").text
    if answers.others_than(one.status):
        raise RuntimeError(f"answered with {dict(answers.statuses)}")
    print(profile)
    if arguments.save:
        Path(arguments.save).write_text(profile, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.http_profile", description=__doc__)
    parser.add_argument("--endpoint", choices=sorted(asks()), default=SUMMARIZE)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--save", metavar="FILE")
    main(parser.parse_args())
