"""The callers and the table that servers are compared with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from benchmarks.http_asks import LARGE_RECORDS, asks, large_ask
from benchmarks.http_load import Ask, asked
from benchmarks.http_report import cell

GET = Ask(name="get", path="/")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
MISSING = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\n\r\n{}"


@asynccontextmanager
async def _server(*answers: Sequence[bytes]) -> AsyncIterator[str]:
    """Answer each connection's requests with *answers* in turn, each in pieces; then hang up."""
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError):
            for pieces in answers:
                await reader.readuntil(b"\r\n\r\n")
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.001)  # so that it goes by itself
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        await asyncio.gather(*filter(None, serving))


async def test_every_answer_is_counted_by_its_status() -> None:
    async with _server([OK], [MISSING], [OK]) as url:
        answers = await asked(url, [GET.written_out(url, "key")], count=3)

    assert answers.statuses == {200: 2, 404: 1}
    assert answers.others_than(200) == 1
    assert len(answers.seconds) == 3


@pytest.mark.parametrize("answer", [OK, CHUNKED])
async def test_an_answer_in_pieces_counts_once_it_is_whole(answer: bytes) -> None:
    pieces = [answer[:9], answer[9:20], answer[20:-1], answer[-1:]]
    async with _server(pieces, pieces) as url:
        answers = await asked(url, [GET.written_out(url, "key")], count=2)

    assert answers.statuses == {200: 2}


async def test_as_many_are_asked_as_were_wanted_over_all_connections() -> None:
    async with _server(*[[OK]] * 50) as url:
        answers = await asked(url, [GET.written_out(url, "key")], connections=4, count=50)

    assert len(answers.seconds) == 50


@pytest.mark.parametrize("answers", [[[OK]], [[ENDLESS]]])
async def test_a_server_that_cannot_be_measured_is_an_error(answers: list[list[bytes]]) -> None:
    async with _server(*answers) as url:
        with pytest.raises(ConnectionError):
            await asked(url, [GET.written_out(url, "key")], count=2)


def test_what_is_written_out_is_a_request() -> None:
    written_out = asks()["summarize"].written_out("http://server:1", "a-key")
    head, _, body = written_out.partition(b"\r\n\r\n")

    assert head.startswith(
        b"POST /v1/summarize HTTP/1.1\r\nhost: server:1\r\nauthorization: Bearer a-key\r\n"
    )
    assert f"content-length: {len(body)}".encode() in head


def test_the_large_body_holds_ten_thousand_records_in_five_megabytes() -> None:
    body = large_ask().body

    assert body.count(b'"content":') == LARGE_RECORDS
    assert 4.8e6 < len(body) < 5.4e6


def test_a_cell_holds_the_medians_and_the_spread_of_the_first() -> None:
    assert cell([(1.0, 30.0), (3.0, 20.0), (2.0, 10.0)]) == "2.00 / 20.0 (1.00–3.00)"
    assert cell([(1234.0,)]) == "1,234"
