"""How the demonstration looks: each function prints one part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from integrations.demo.corpus import SampleCorpus, SampleRecord
from integrations.demo.trends import trend_table

Answer = dict[str, Any]

_EXCERPT_CHARACTERS = 90
_BARS = 10
_NEXT_STEPS = (
    ("make run", "serve at http://127.0.0.1:8000 until Ctrl-C; the first start shows you an API key"),
    ("http://127.0.0.1:8000/docs", "the API reference, while it runs"),
    (
        "LLM_MODEL=… LLM_API_KEY=… make demo",
        "the same with a real language model, e.g. mistral/mistral-small-latest",
    ),
    (".venv/bin/qfa analyze FILE", "your own records, from CSV, XLSX or JSON"),
)


def show_opening(console: Console, corpus: SampleCorpus, model: str) -> None:
    """Say what is going to happen, on which records and with which model."""
    languages = ", ".join(f"{count} {language}" for language, count in corpus.languages.most_common())
    lines = Text.assemble(
        ("Qualitative feedback analysis, shown on an invented flood response\n\n", "bold"),
        f"{len(corpus.records)} feedback records, {corpus.records[0].day} to {corpus.records[-1].day}\n",
        f"{languages}\n",
        "Language model: ",
        (model, "bold"),
        " (a stand-in without a model: it counts words)" if model == "local/extractive" else "",
    )
    console.print(Panel(lines, title="QFA", title_align="left", border_style="red", padding=(1, 2)))


def show_analysis(console: Console, question: str, answer: Answer) -> None:
    """Print an analyst's question and what came back."""
    _heading(console, "1", "An analyst asks", "POST /v1/analyze-bulk")
    console.print(Padding(Text(f"“{question}”", style="bold italic"), (0, 2, 1, 2)))
    console.print(Padding(Text(answer["analysis"]), (0, 2)))
    console.print(Padding(_quality(answer["quality_score"]), (1, 2, 0, 2)))
    console.print(Padding(Text(answer["uncertainty_explanation"], style="dim"), (0, 2)))


def show_trends(console: Console, corpus: SampleCorpus, answer: Answer) -> None:
    """Draw how the codes of the second level went over the months."""
    _heading(
        console, "2", "Coding trends over time", "coding_trends of the same answer: counted, not guessed"
    )
    console.print(Padding(trend_table(answer["coding_trends"], corpus.second_level_names), (0, 2)))


def show_themes(console: Console, answer: Answer) -> None:
    """Draw the themes of the corpus, and say what became of every record."""
    _heading(
        console,
        "3",
        "Themes of the corpus",
        'POST /v1/analyze-bulk with "mode": "hierarchical", up to 100,000 records',
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Theme", style="bold", ratio=2)
    table.add_column("Records", justify="right")
    table.add_column("")
    table.add_column("Seen", no_wrap=True)
    largest = max((theme["record_count"] for theme in answer["themes"]), default=1)
    for theme in answer["themes"]:
        bar = "█" * max(1, round(_BARS * theme["record_count"] / largest))
        seen = f"{theme['first_seen']} … {theme['last_seen']}"
        table.add_row(Text(theme["title"] or ""), str(theme["record_count"]), Text(bar, style="cyan"), seen)
    console.print(Padding(table, (0, 2)))
    ledger = answer["record_ledger"]
    rest = ", ".join(f"{count} {fate}" for fate, count in ledger.items() if fate != "received" and count)
    console.print(Padding(Text(f"{ledger['received']} records received: {rest}.", style="dim"), (0, 2)))
    console.print(Padding(Text(answer["uncertainty_explanation"], style="dim"), (0, 2)))


def show_corpus_summary(console: Console, answer: Answer) -> None:
    """Print the one summary of all records."""
    _heading(console, "4", "Everything in one summary", "POST /v1/summarize-bulk")
    console.print(Padding(Text(answer["title"], style="bold"), (0, 2)))
    console.print(Padding(Text(answer["summary"]), (0, 2)))
    console.print(Padding(_quality(answer["quality_score"]), (0, 2)))


def show_records_heading(console: Console) -> None:
    """Print the heading of the part that goes record by record."""
    _heading(console, "5", "Record by record, as a CRM asks", "POST /v1/summarize, /v1/assign-codes")


def show_record(console: Console, record: SampleRecord, summary: Answer, coded: Answer) -> None:
    """Print one record with its summary and its codes."""
    console.print(Text.assemble("  ", (record.id, "bold cyan"), f"  {record.language}, {record.day}"))
    console.print(Padding(Text(record.content), (0, 4)))
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style="dim", min_width=7)
    lines.add_column()
    lines.add_row("title", Text(summary["title"], style="bold"))
    lines.add_row("summary", Text(summary["summary"]))
    for code in coded["assigned_codes"]:
        lines.add_row("code", _code(code))
    console.print(Padding(lines, (0, 4, 1, 4)))


def show_sensitive(console: Console, screened: Sequence[tuple[SampleRecord, Answer]]) -> None:
    """Print the records that a specialist must see, with the kinds that were found."""
    flagged = [(record, answer) for record, answer in screened if answer["is_sensitive"]]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Record", style="bold cyan", no_wrap=True)
    table.add_column("Says", ratio=3)
    table.add_column("Kinds", style="red", ratio=2)
    for record, answer in flagged:
        kinds = ", ".join(kind.replace("_", " ").lower() for kind in answer["sensitivity_types"])
        table.add_row(f"⚑ {record.id}", Text(_excerpt(record.content)), Text(kinds))
    console.print(Padding(table, (0, 2)))
    console.print(
        Padding(
            Text(
                f"{len(flagged)} of {len(screened)} records flagged: a false alarm is the lesser harm.",
                style="dim",
            ),
            (0, 2),
        )
    )


def show_sensitive_heading(console: Console) -> None:
    """Print the heading of the part that screens all records."""
    _heading(console, "6", "What a specialist must see", "POST /v1/detect-sensitive, once a record")


def show_usage(console: Console, usage: Answer) -> None:
    """Print what the demonstration has used, by operation."""
    _heading(console, "7", "What it took", "GET /v1/usage")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Operation", no_wrap=True)
    for column in ("requests", "LLM calls", "tokens in", "tokens out", "USD", "ms", "p95 ms"):
        table.add_column(column, justify="right")
    for block in usage["operations"]:
        table.add_row(*_usage_row(block["operation"], block))
    table.add_section()
    table.add_row(*_usage_row("all", usage), style="bold")
    console.print(Padding(table, (0, 2)))


def show_next_steps(console: Console) -> None:
    """Say what to do next."""
    steps = Table.grid(padding=(0, 2))
    for command, meaning in _NEXT_STEPS:
        steps.add_row(Text(command, style="bold green"), Text(meaning))
    console.print(Panel(steps, title="What next", title_align="left", border_style="green", padding=(1, 2)))


def _heading(console: Console, number: str, title: str, source: str) -> None:
    console.print()
    console.rule(
        Text.assemble((f"{number}  {title}", "bold"), (f"   {source}", "dim")), align="left", style="red"
    )
    console.print()


def _quality(score: float | None) -> Text:
    if score is None:
        return Text("quality   not scored", style="dim")
    return Text.assemble(("quality   ", "dim"), (_bar(score), "yellow"), f" {score:.0%}")


def _code(code: Answer) -> Text:
    names = [code[f"coding_level_{level}_name"] for level in (1, 2, 3)]
    if not names[0]:
        return Text(code["explanation"], style="dim")
    confidence = code["confidence_aggregate"]
    path = " › ".join(filter(None, names))
    return Text.assemble((path, "magenta"), "  ", (_bar(confidence), "yellow"), f" {confidence:.0%}")


def _bar(share: float) -> str:
    filled = round(share * _BARS)
    return "█" * filled + "░" * (_BARS - filled)


def _excerpt(content: str) -> str:
    if len(content) <= _EXCERPT_CHARACTERS:
        return content
    return content[:_EXCERPT_CHARACTERS].rsplit(None, 1)[0] + " …"


def _usage_row(name: str, block: Answer) -> tuple[str, ...]:
    calls = block["llm_call_stats"]
    return (
        name,
        f"{block['total_calls']:,}",
        f"{calls['total_calls']:,}",
        f"{calls['input_tokens']['total']:,}",
        f"{calls['output_tokens']['total']:,}",
        f"{block['total_cost_usd']:.4f}",
        f"{block['call_duration']['avg']:,.0f}",
        f"{block['call_duration']['p95']:,.0f}",
    )
