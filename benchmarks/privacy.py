"""
Measure the default anonymiser on sentences written by hand: recall and precision by kind.

    python -m benchmarks.privacy [--show-errors]

The sentences stand in `benchmarks/labelled`, one table a file. A label counts as found if a span of
its kind covers exactly its characters, so “Anna” for “Anna de Vries” is one miss and one false find.
`benchmarks.privacy_report` measures on sentences made from templates, and speed.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from qfa_adapters.anonymize.merging import merge_spans
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_adapters.anonymize.recognisers import load_recognisers
from qfa_core.pseudonyms import EntitySpan

LABELLED = Path(__file__).with_name("labelled")
_LABEL = re.compile(r"\[([A-Z_]+) ([^\]]+)\]")


class Sentence(NamedTuple):
    """A text, and what identifies somebody in it."""

    text: str
    spans: frozenset[EntitySpan]


class Score(NamedTuple):
    """What was found, missed and found wrongly, by kind."""

    found: Counter[str]
    missed: Counter[str]
    wrong: Counter[str]

    def recall(self, kind: str) -> float:
        """Return the share of labels that were found, 1.0 if there is none."""
        labelled = self.found[kind] + self.missed[kind]
        return self.found[kind] / labelled if labelled else 1.0

    def precision(self, kind: str) -> float:
        """Return the share of finds that were right, 1.0 if there is none."""
        finds = self.found[kind] + self.wrong[kind]
        return self.found[kind] / finds if finds else 1.0


def main() -> None:
    """Print one table a file."""
    recognisers = load_recognisers()
    for path in sorted(LABELLED.glob("*.txt")):
        sentences = list(read_sentences(path))
        print_table(path.stem, score(sentences, recognisers, show_errors="--show-errors" in sys.argv))


def read_sentences(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of a file in which `[PERSON Maria]` marks what a recogniser is to find."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, spans = "", []
        for position, piece in enumerate(_LABEL.split(line)):
            if position % 3 == 1:
                kind = piece
                continue
            if position % 3 == 2:
                spans.append(EntitySpan(start=len(text), end=len(text) + len(piece), kind=kind))
            text += piece
        yield Sentence(text, frozenset(spans))


def score(
    sentences: Sequence[Sentence], recognisers: Sequence[Recogniser], *, show_errors: bool = False
) -> Score:
    """Compare what *recognisers* find with the labels."""
    total = Score(Counter(), Counter(), Counter())
    for text, labels in sentences:
        finds = frozenset(merge_spans(text, [recogniser.find(text) for recogniser in recognisers]))
        total.found.update(span.kind for span in finds & labels)
        total.missed.update(span.kind for span in labels - finds)
        total.wrong.update(span.kind for span in finds - labels)
        if show_errors and finds != labels:
            print(text, *(f"\n    {span.kind} {text[span.start : span.end]!r}" for span in finds ^ labels))
    return total


def print_table(title: str, total: Score) -> None:
    """Print one line a kind."""
    print(f"{title:28} labels  recall  precision")
    for kind in sorted(total.found | total.missed | total.wrong):
        labels = total.found[kind] + total.missed[kind]
        print(f"  {kind:26} {labels:6}  {total.recall(kind):6.2f}  {total.precision(kind):9.2f}")
    print()


if __name__ == "__main__":
    main()
