"""What `qfa analyze` found, for people at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from qfa_core.coding import AssignedCodes
from qfa_core.feedback import clean_content
from qfa_core.insights import Analysis, CodingTrends, CorpusSummary, Sensitivity, Summary, Theme
from qfa_http.commands.analyze_run import Outcome

_SHOWN_CODES = 12
_PLAIN_WIDTH = 100
_BARS = " ▁▂▃▄▅▆▇█"
_BAR_COLUMNS = 20
_UNSCORED = "not scored"
_UNNAMED = "(could not be named)"


def as_text(outcomes: Iterable[Outcome], *, in_colour: bool) -> str:
    """Return each outcome in a panel of its own, an analysis with a picture of its trends."""
    console = Console() if in_colour else Console(width=_PLAIN_WIDTH, color_system=None)
    with console.capture() as captured:
        for outcome in outcomes:
            console.print(_panel(outcome))
    return captured.get()


def _panel(outcome: Outcome) -> Panel:
    match outcome.insight:
        case Analysis() as analysis:
            return _framed("Analysis", _analysis(analysis), footer=_quality(analysis.quality_score))
        case Summary() | CorpusSummary() as summary:
            title = f"{outcome.record_id}  {summary.title}".strip()
            return _framed(title, _plain(summary.text), footer=_quality(summary.quality_score))
        case AssignedCodes() as assigned:
            return _framed(outcome.record_id, _codes(assigned))
        case Sensitivity() as sensitivity:
            return _framed(outcome.record_id, _sensitivity(sensitivity))
        case None:
            return _framed(outcome.record_id, Text(str(outcome.error), style="red"), footer="failed")


def _framed(title: str, body: RenderableType, *, footer: str | None = None) -> Panel:
    return Panel(
        body,
        title=_plain(title),
        title_align="left",
        subtitle=footer,
        subtitle_align="right",
        box=box.ROUNDED,
    )


def _plain(text: str, style: str = "") -> Text:
    """Return *text* as it is: neither console markup nor control characters do anything in it."""
    return Text(clean_content(text), style=style)


def _quality(score: float | None) -> str:
    return _UNSCORED if score is None else f"quality {score:.0%}"


def _analysis(analysis: Analysis) -> Group:
    parts: list[RenderableType] = [_plain(analysis.text)]
    if analysis.uncertainty_explanation:
        parts += ["", _plain(analysis.uncertainty_explanation, style="dim")]
    if analysis.themes:
        parts += ["", _themes(analysis.themes)]
    if analysis.coding_trends is not None and analysis.coding_trends.cells:
        parts += ["", _trends(analysis.coding_trends)]
    return Group(*parts)


def _themes(themes: Sequence[Theme]) -> Table:
    """Draw the themes, each with its share of the records as a bar, all to one scale."""
    table = Table("theme", "records", "share", "", "seen", box=box.SIMPLE_HEAD)
    largest = max(theme.share for theme in themes)
    for theme in themes:
        bar = "█" * max(1, round(_BAR_COLUMNS * theme.share / largest))
        days = [day.isoformat() for day in (theme.first_seen, theme.last_seen) if day]
        name = _plain(theme.title or _UNNAMED)
        share = f"{theme.share:.0%}"
        table.add_row(name, str(theme.record_count), share, Text(bar, style="cyan"), " … ".join(days))
    return table


def _trends(trends: CodingTrends) -> Table:
    """Draw the most frequent codes, each as a row of bars, one bar a period, all to one scale."""
    counts = {(cell.code, cell.period): cell.count for cell in trends.cells}
    totals: Counter[str] = Counter()
    for (code, _), count in counts.items():
        totals[code] += count
    highest = max(counts.values())
    span = f"{trends.periods[0]} … {trends.periods[-1]}"
    table = Table("code", "records", span, box=box.SIMPLE_HEAD)
    for code, total in totals.most_common(_SHOWN_CODES):
        bars = _bars([counts.get((code, period), 0) for period in trends.periods], highest)
        table.add_row(_plain(code), str(total), Text(bars, style="cyan"))
    if (more := len(totals) - _SHOWN_CODES) > 0:
        table.caption = f"and {more} more codes"
    return table


def _bars(counts: Sequence[int], highest: int) -> str:
    """Return one block a count; any count above zero can be seen."""
    steps = len(_BARS) - 1
    return "".join(_BARS[-(-count * steps // highest)] for count in counts)


def _codes(assigned: AssignedCodes) -> RenderableType:
    if not assigned.paths:
        return _plain(assigned.explanation, style="dim")
    table = Table.grid(padding=(0, 2))
    for path in assigned.paths:
        table.add_row(_plain(path.name, style="bold"), f"{path.confidence:.0%}")
        table.add_row(_plain(path.levels[-1].reason, style="dim"), "")
    return table


def _sensitivity(sensitivity: Sensitivity) -> RenderableType:
    if not sensitivity.is_sensitive:
        return _plain(f"not sensitive. {sensitivity.explanation}", style="dim")
    kinds = ", ".join(kind.replace("_", " ").lower() for kind in sensitivity.types)
    return Group(_plain(f"sensitive: {kinds}", style="bold red"), _plain(sensitivity.explanation))
