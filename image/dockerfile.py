"""A Dockerfile as data: its stages and their instructions, of the kinds that ours uses."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from string import Template

_STAGE = re.compile(r"(?P<base>\S+)(\s+AS\s+(?P<name>\S+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Instruction:
    """A word such as `RUN`, and what stands behind it, on one line."""

    word: str
    text: str

    def options(self) -> dict[str, str]:
        """Return what stands in front as `--name=value`."""
        return dict(part[2:].split("=", 1) for part in self._parts() if part.startswith("--") and "=" in part)

    def operands(self) -> list[str]:
        """Return the words behind the options."""
        return [part for part in self._parts() if not part.startswith("--")]

    def pairs(self, known: dict[str, str]) -> dict[str, str]:
        """Return `NAME=value …` with what is *known* filled in; a name alone is empty."""
        named = (part.partition("=") for part in shlex.split(self.text))
        return {name: Template(value).safe_substitute(known) for name, _, value in named}

    def command(self) -> list[str]:
        """Return the list of an instruction in JSON's form, wherever its options end."""
        found: list[str] = json.loads(self.text[self.text.index("[") :])
        return found

    def _parts(self) -> list[str]:
        return shlex.split(self.text)


@dataclass(frozen=True)
class Stage:
    """What comes between one FROM and the next."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def last(self, word: str) -> Instruction:
        """Return the last instruction of a kind, which is the one that holds. Raises LookupError."""
        found = [instruction for instruction in self.instructions if instruction.word == word]
        if not found:
            raise LookupError(f"stage {self.name} has no {word}")
        return found[-1]


def read_stages(text: str) -> tuple[Stage, ...]:
    """Read the stages of a Dockerfile, in order. What stands before the first FROM is left out."""
    stages: list[Stage] = []
    for instruction in _instructions(text):
        if instruction.word == "FROM":
            found = _STAGE.fullmatch(instruction.text)
            if found is None:
                raise ValueError(f"no stage: FROM {instruction.text}")
            stages.append(Stage(name=found["name"] or "", base=found["base"], instructions=()))
        elif stages:
            last = stages[-1]
            stages[-1] = Stage(last.name, last.base, (*last.instructions, instruction))
    return tuple(stages)


def _instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    whole = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    found = (line.strip().partition(" ") for line in whole.splitlines())
    return [Instruction(word.upper(), rest.strip()) for word, _, rest in found]
