"""Performs the scripts of a job, in their order, with stand-ins for the programs that reach out."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.acceptance.service import ROOT
from tests.workflows.workflows import Job

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
# Each writes down what it was told, and answers the first line whose beginning fits; `!` is a failure.
_STAND_IN = """#!/bin/bash
told="$(basename "$0") $*"
echo "$told" >> "$STAND_INS/told"
while IFS='|' read -r -d '~' beginning answer; do
    if [[ $told == $beginning* ]]; then
        [[ $answer == '!' ]] && exit 1
        echo "$answer" && exit 0
    fi
done < "$STAND_INS/answers"
exit 0
"""
PROGRAMS = ("az", "docker", "gh", "python3")


@dataclass
class Performance:
    """A job's steps so far: what expressions stand for, and what programs answer."""

    folder: Path
    values: dict[str, str]
    answers: dict[str, str] = field(default_factory=dict)

    def perform(self, job: Job) -> bool:
        """Run the job's scripts until one fails; say whether none did."""
        self._put_stand_ins()
        environ = self._filled(job.content.get("env", {}))
        for step in job.steps:
            if "run" in step and not self._run(step["run"], {**environ, **self._filled(step.get("env", {}))}):
                return False
            for name, value in self._outputs().items():
                self.values[f"steps.{step.get('id')}.outputs.{name}"] = value
        return True

    def told(self, program: str) -> list[str]:
        """Return what a program was told, in order."""
        path = self.folder / "told"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(f"{program} ")]

    def summary(self) -> str:
        """Return what the job shows."""
        return (self.folder / "summary").read_text()

    def _put_stand_ins(self) -> None:
        for program in PROGRAMS:
            path = self.folder / "bin" / program
            path.parent.mkdir(exist_ok=True)
            path.write_text(_STAND_IN)
            path.chmod(0o755)
        answers = (f"{beginning}|{answer}~" for beginning, answer in self.answers.items())
        (self.folder / "answers").write_text("".join(answers))

    def _filled(self, variables: dict[str, str]) -> dict[str, str]:
        return {
            name: _EXPRESSION.sub(lambda found: self.values[found[1]], value)
            for name, value in variables.items()
        }

    def _run(self, script: str, environ: dict[str, str]) -> bool:
        (self.folder / "output").write_text("")
        surroundings = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "STAND_INS": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_REPOSITORY": self.values["github.repository"],
            "GITHUB_SHA": self.values["github.sha"],
        }
        command = ["/bin/bash", "-e", "-c", script]  # as GitHub runs what names no shell
        return subprocess.run(command, cwd=ROOT, env={**surroundings, **environ}).returncode == 0

    def _outputs(self) -> dict[str, str]:
        path = self.folder / "output"
        return dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
