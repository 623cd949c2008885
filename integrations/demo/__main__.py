"""`python -m integrations.demo`, or `make demo`."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import ExitStack

from rich.console import Console
from rich.progress import track

from integrations.demo import page
from integrations.demo.client import Answer, QFAClient, side_by_side
from integrations.demo.corpus import SampleCorpus, read_corpus
from integrations.demo.service import DemoFailed, running_service

QUESTION = "What do people say about cash assistance, and what has changed since the flood?"
CHOSEN_IDS = ("EN-1025", "FR-1015", "ES-1064", "AR-1085", "UK-1034", "RU-1055", "NL-1079", "EN-1069")
_PLAIN_WIDTH = 100
_WIDEST = 110
_FAILED = 1
_INTERRUPTED = 130


def main() -> int:
    """Run the demonstration and return its exit status; what goes wrong is one line on stderr."""
    # A default SIGTERM would skip what stops the service.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_FAILED))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that knows no Arabic must not end the demonstration.
        sys.stdout.reconfigure(errors="replace")
    try:
        _demonstrate(_readable_console())
    except KeyboardInterrupt:
        return _INTERRUPTED
    except DemoFailed as error:
        Console(stderr=True, soft_wrap=True).print(f"demo: {error}", markup=False, highlight=False)
        return _FAILED
    return 0


def _readable_console() -> Console:
    console = Console()
    return Console(width=min(console.width, _WIDEST) if console.is_terminal else _PLAIN_WIDTH)


def _demonstrate(console: Console) -> None:
    corpus = read_corpus()
    page.show_opening(console, corpus, os.environ.get("LLM_MODEL") or "local/extractive")
    with ExitStack() as stack:
        with console.status("starting the service"):
            service = stack.enter_context(running_service())
        client = stack.enter_context(QFAClient(service))
        _show_insights(console, client, corpus)
        _show_records(console, client, corpus)
        _show_sensitive(console, client, corpus)
        page.show_usage(console, client.usage())
    page.show_next_steps(console)


def _show_insights(console: Console, client: QFAClient, corpus: SampleCorpus) -> None:
    analysis = client.analyze(corpus.records, QUESTION)
    page.show_analysis(console, QUESTION, analysis)
    page.show_trends(console, corpus, analysis)
    page.show_themes(console, client.analyze_by_theme(corpus.records, QUESTION))
    page.show_corpus_summary(console, client.summarize_all(corpus.records))


def _show_records(console: Console, client: QFAClient, corpus: SampleCorpus) -> None:
    page.show_records_heading(console)
    for record in corpus.chosen(CHOSEN_IDS):
        coded = client.assign_codes(record, corpus.framework)
        page.show_record(console, record, client.summarize(record), coded)


def _show_sensitive(console: Console, client: QFAClient, corpus: SampleCorpus) -> None:
    page.show_sensitive_heading(console)
    answers: Iterable[Answer] = side_by_side(client.detect_sensitive, corpus.records)
    answers = track(
        answers,
        "  screening",
        total=len(corpus.records),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    page.show_sensitive(console, list(zip(corpus.records, answers, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
