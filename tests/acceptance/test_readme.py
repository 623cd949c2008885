"""The README's call gets the README's answer, from the service as `make run` starts it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.service import ROOT, running

README = (ROOT / "README.md").read_text()


def test_the_call_in_the_readme_gets_the_answer_in_the_readme(tmp_path: Path) -> None:
    [(path, body)] = re.findall(r"curl -s \S+8000(/\S+) .*? -d '(.*?)'", README, re.DOTALL)
    [answer] = re.findall(r"```json\n(.*?)```", README, re.DOTALL)

    with running(tmp_path) as service, service.client() as client:
        response = client.post(path, content=body)

    assert response.json() == json.loads(answer)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_what_the_readme_points_to_exists(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_commands_of_the_readme_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()

    for command in re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE):
        assert f"\n{command}:" in makefile
