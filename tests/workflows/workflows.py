"""The workflows as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.acceptance.service import ROOT

GITHUB = ROOT / ".github"
FOLDER = GITHUB / "workflows"
NAMES = tuple(sorted(path.stem for path in FOLDER.iterdir()))


@dataclass(frozen=True)
class Job:
    """A job, and where it is."""

    workflow: str
    name: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}/{self.name}"

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Return its steps; a job that calls another workflow has none."""
        found: list[dict[str, Any]] = self.content.get("steps", [])
        return found

    @property
    def environment(self) -> str | None:
        """Return the name of the environment that it runs in, as an expression if it is one."""
        found = self.content.get("environment")
        return found["name"] if isinstance(found, dict) else found

    def runs(self) -> list[str]:
        """Return the scripts of its steps."""
        return [step["run"] for step in self.steps if "run" in step]

    def step(self, name: str) -> int:
        """Return the place of a step among its steps, by its name or its action's."""
        places = [
            place
            for place, step in enumerate(self.steps)
            if step.get("name") == name or step.get("uses", "").startswith(f"{name}@")
        ]
        assert len(places) == 1, f"{self} has {len(places)} steps {name}"
        return places[0]


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow; what it is started by is under `on`, which YAML takes for a truth value."""
    found: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
    found["on"] = found.pop(True)
    return found


def jobs(*names: str) -> Iterator[Job]:
    """Yield the jobs of the workflows named, or of all."""
    for name in names or NAMES:
        for job, content in workflow(name)["jobs"].items():
            yield Job(name, job, content)


def job(workflow_name: str, name: str) -> Job:
    """Return one job."""
    return Job(workflow_name, name, workflow(workflow_name)["jobs"][name])
