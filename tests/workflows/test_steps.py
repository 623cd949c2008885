"""What the scripts of building and rolling out tell az, docker and gh, as stand-ins hear it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.performing import Performance
from tests.workflows.workflows import job

REVISION = "0123456789abcdef0123456789abcdef01234567"
DIGEST, OLD = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32
VERSION = "0.1.0+g0123456789ab"
IMAGE = f"crqfa.azurecr.io/qfa@{DIGEST}"
ANSWERS = {
    "az webapp config show": f"DOCKER|crqfa.azurecr.io/qfa@{OLD}",
    "docker image inspect --format {{index .Config.Labels": VERSION,
    "docker image inspect --format {{index .RepoDigests": IMAGE,
    "python3 image/version.py of": VERSION,
}


@pytest.fixture
def performance(tmp_path: Path) -> Performance:
    values = {
        "github.repository": "owner/qfa",
        "github.server_url": "https://github.com",
        "github.sha": REVISION,
        "github.token": "token",
        "inputs.digest": DIGEST,
        "inputs.environment": "staging",
        "vars.QFA_URL": "https://qfa.example",
        "vars.REGISTRY_HOST": "crqfa.azurecr.io",
        "vars.RESOURCE_GROUP": "rg-qfa-staging",
        "vars.WEB_APP": "app-qfa-staging",
    }
    return Performance(tmp_path, values, dict(ANSWERS))


def test_what_is_built_knows_its_version_and_revision_and_what_is_attested_is_what_was_pushed(
    performance: Performance,
) -> None:
    assert performance.perform(job("deploy", "image"))

    build, push, _ = performance.told("docker")
    assert f"--build-arg VERSION={VERSION} --build-arg REVISION={REVISION}" in build
    assert f"--tag crqfa.azurecr.io/qfa:{REVISION}" in build
    assert push == f"docker push crqfa.azurecr.io/qfa:{REVISION}"
    assert performance.told("az") == ["az acr login --name crqfa"]
    assert performance.values["steps.push.outputs.digest"] == DIGEST


def test_a_push_that_fails_leaves_no_digest_to_attest(performance: Performance) -> None:
    performance.answers = {**ANSWERS, "docker push": "!"}

    assert not performance.perform(job("deploy", "image"))
    assert "steps.push.outputs.digest" not in performance.values


def test_a_roll_out_sets_the_digest_and_waits_for_the_version_of_its_image(performance: Performance) -> None:
    assert performance.perform(job("roll-out", "roll-out"))

    app = "--resource-group rg-qfa-staging --name app-qfa-staging"
    assert performance.told("az")[-1] == (
        f"az webapp config set {app} --linux-fx-version DOCKER|{IMAGE} --output none"
    )
    assert performance.told("python3") == [
        f"python3 .github/scripts/wait_for_version.py https://qfa.example {VERSION} --timeout-seconds 1200"
    ]


def test_its_summary_says_what_to_roll_back_to(performance: Performance) -> None:
    performance.perform(job("roll-out", "roll-out"))

    assert f"| digest | `{DIGEST}` |" in performance.summary()
    assert f"roll back to | `{OLD}` |" in performance.summary()


def test_who_built_it_is_asked_of_this_repository_s_own_workflow_on_main(performance: Performance) -> None:
    performance.perform(job("roll-out", "roll-out"))

    assert performance.told("gh") == [
        f"gh attestation verify oci://{IMAGE} --repo owner/qfa --deny-self-hosted-runners "
        "--signer-workflow owner/qfa/.github/workflows/deploy.yml --source-ref refs/heads/main"
    ]


@pytest.mark.parametrize(
    "fails", ["gh attestation verify", "az acr login", "docker pull", "az webapp config show"]
)
def test_nothing_is_rolled_out_once_something_failed(performance: Performance, fails: str) -> None:
    performance.answers = {**ANSWERS, fails: "!"}

    assert not performance.perform(job("roll-out", "roll-out"))
    assert not [told for told in performance.told("az") if "config set" in told]


@pytest.mark.parametrize(
    "digest", ["", "latest", "sha256:abc", "sha256:" + "0g" * 32, f"x{DIGEST}", f"{DIGEST};id"]
)
def test_what_is_no_digest_is_refused_before_anybody_is_asked(performance: Performance, digest: str) -> None:
    performance.values["inputs.digest"] = digest

    assert not performance.perform(job("roll-out", "roll-out"))
    assert performance.told("az") == performance.told("gh") == performance.told("docker") == []


@pytest.mark.parametrize(("seen", "same"), [("a" * 64, True), ("b" * 64, False), ("", False)])
def test_a_plan_is_applied_if_it_is_the_one_that_was_looked_at(tmp_path: Path, seen: str, same: bool) -> None:
    apply = job("infra", "apply")
    refuse = apply.steps[apply.step("refuse another plan than the one that was looked at")]
    values = {
        "github.repository": "owner/qfa",
        "github.sha": REVISION,
        "needs.review.outputs.plan": seen,
        "steps.plan.outputs.sha256": "a" * 64 if seen else "",
    }
    alone = type(apply)(apply.workflow, apply.name, {"steps": [refuse]})

    assert Performance(tmp_path, values).perform(alone) is same
