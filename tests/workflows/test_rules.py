"""What every workflow holds to, and what each of them promises."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.service import ROOT
from tests.workflows.workflows import FOLDER, GITHUB, NAMES, Job, job, jobs, workflow

EVERY_JOB = pytest.mark.parametrize("job", list(jobs()), ids=str)
EVERY_WORKFLOW = pytest.mark.parametrize("name", NAMES)
WITH_STEPS = pytest.mark.parametrize("job", [job for job in jobs() if job.steps], ids=str)
ENVIRONMENTS = ["dev", "staging", "prd"]
# Who may ask Azure or GitHub for what; what is not here, nobody has.
WRITES = {
    ("deploy", "image", "id-token"),
    ("deploy", "image", "attestations"),
    ("deploy", "dev", "id-token"),
    ("promote", "promote", "id-token"),
    ("roll-out", "roll-out", "id-token"),
    ("infra", "plan", "id-token"),
    ("infra", "review", "id-token"),
    ("infra", "apply", "id-token"),
}
CALL = re.compile(r"(?:^|\$\()(python3 |bash )?((?:\.github/scripts|\.ci|image)/[\w.]+)", re.MULTILINE)


def text(name: str) -> str:
    return (FOLDER / f"{name}.yml").read_text()


def values(content: Any) -> list[str]:
    """Return every text in *content*, however deep."""
    if isinstance(content, dict):
        return [text for value in content.values() for text in values(value)]
    if isinstance(content, list):
        return [text for value in content for text in values(value)]
    return [content] if isinstance(content, str) else []


def test_there_is_a_workflow_for_each_task_and_no_other() -> None:
    assert NAMES == ("ci", "deploy", "infra", "promote", "roll-out")


@EVERY_WORKFLOW
def test_actions_are_pinned_by_commit_with_their_version_beside(name: str) -> None:
    uses = re.findall(r"uses:\s*(.*)", text(name))

    assert uses
    for each in uses:
        assert re.fullmatch(
            r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/[\w-]+\.yml", each
        )


def test_an_action_is_of_one_commit_everywhere() -> None:
    pinned = {each for name in NAMES for each in re.findall(r"uses:\s*([\w./-]+@[0-9a-f]{40})", text(name))}

    assert len({each.partition("@")[0] for each in pinned}) == len(pinned)


@EVERY_WORKFLOW
def test_nothing_is_permitted_but_by_job(name: str) -> None:
    assert workflow(name)["permissions"] == {}


@EVERY_JOB
def test_a_job_may_write_only_what_it_must(job: Job) -> None:
    permissions = job.content["permissions"]

    assert {key for key, value in permissions.items() if value != "read"} == {
        key for where, name, key in WRITES if (where, name) == (job.workflow, job.name)
    }


@WITH_STEPS
def test_a_job_ends_after_a_time_and_runs_on_a_named_version(job: Job) -> None:
    assert 0 < job.content["timeout-minutes"] <= 90
    assert job.content["runs-on"] == "ubuntu-24.04"


@WITH_STEPS
def test_a_checkout_leaves_no_token_behind(job: Job) -> None:
    checkouts = [step for step in job.steps if step.get("uses", "").startswith("actions/checkout@")]

    assert len(checkouts) == 1
    assert checkouts[0]["with"] == {"persist-credentials": False}


@EVERY_WORKFLOW
def test_no_secret_is_stored_anywhere(name: str) -> None:
    assert not re.search(r"secrets\s*[.\[:]", text(name))


@WITH_STEPS
def test_scripts_take_what_others_wrote_from_variables_alone(job: Job) -> None:
    assert not [run for run in job.runs() if "${{" in run]


@EVERY_WORKFLOW
def test_no_workflow_runs_foreign_code_with_our_rights(name: str) -> None:
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & workflow(name)["on"].keys()


@EVERY_JOB
def test_a_job_that_may_call_itself_azure_s_is_of_an_environment_or_only_reads(job: Job) -> None:
    logs_in = job.content["permissions"].get("id-token") == "write" and job.steps

    assert not logs_in or job.environment or (job.workflow, job.name) == ("infra", "plan")


def test_only_make_targets_that_exist_are_called() -> None:
    makefiles = [ROOT / "Makefile", *ROOT.glob("*/*.mk")]
    made = {name for each in makefiles for name in re.findall(r"^([a-z-]+):", each.read_text(), re.MULTILINE)}
    scripts = [run for job in jobs() for run in job.runs()] + [(ROOT / ".ci" / "run").read_text()]
    called = {
        target for script in scripts for target in re.findall(r"^\s*make ([a-z-]+)", script, re.MULTILINE)
    }

    assert called >= {"lint", "demo", "test"}
    assert called <= made


@WITH_STEPS
def test_scripts_that_are_called_exist_and_can_be_run(job: Job) -> None:
    for run in job.runs():
        for interpreter, called in CALL.findall(run):
            assert (ROOT / called).is_file()
            assert interpreter or (ROOT / called).stat().st_mode & 0o100


def test_every_push_is_checked_once_and_every_pull_request() -> None:
    started_by = workflow("ci")["on"]

    assert started_by["push"] == {"branches-ignore": ["main"]}
    assert {"pull_request", "workflow_call"} <= started_by.keys()
    assert workflow("deploy")["on"] == {"push": {"branches": ["main"]}}
    assert job("deploy", "check").content["uses"] == "./.github/workflows/ci.yml"


def test_the_checks_are_those_of_everybody_s_machine_and_packages_are_kept_by_the_constraints() -> None:
    check = job("ci", "check")

    assert check.runs() == ["bash .ci/run"]
    assert check.steps[check.step("actions/setup-python")]["with"] == {
        "python-version": "${{ matrix.python }}",
        "cache": "pip",
        "cache-dependency-path": "constraints.txt",
    }


def test_they_run_on_the_python_of_the_image() -> None:
    found = re.search(r"^FROM python:(\d+\.\d+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert found is not None
    assert found[1] in job("ci", "check").content["strategy"]["matrix"]["python"]


def test_what_is_pushed_was_checked_and_scanned_and_what_is_rolled_out_was_attested() -> None:
    image = job("deploy", "image")
    scan = image.steps[image.step("anchore/scan-action")]["with"]

    assert image.content["needs"] == "check"
    assert (scan["fail-build"], scan["severity-cutoff"]) == (True, "high")
    assert (
        image.step("build")
        < image.step("anchore/scan-action")
        < image.step("azure/login")
        < image.step("push")
        < image.step("actions/attest-build-provenance")
    )
    assert job("deploy", "dev").content["needs"] == "image"


def test_dev_and_those_after_it_are_given_one_digest_in_one_way() -> None:
    callers = [job("deploy", "dev"), job("promote", "promote")]

    assert {caller.content["uses"] for caller in callers} == {"./.github/workflows/roll-out.yml"}
    assert [caller.content["with"]["digest"] for caller in callers] == [
        "${{ needs.image.outputs.digest }}",
        "${{ inputs.digest }}",
    ]


def test_a_roll_out_sees_who_built_the_image_before_it_changes_anything_and_waits_in_the_end() -> None:
    rolling = job("roll-out", "roll-out")
    verify = rolling.steps[rolling.step("see who built it")]["run"]

    assert (
        rolling.step("refuse what is no digest")
        < rolling.step("see who built it")
        < rolling.step("roll out")
        < rolling.step("wait until it serves")
        == len(rolling.steps) - 1
    )
    assert "gh attestation verify" in verify
    for demanded in (
        "--signer-workflow",
        "deploy.yml",
        "--source-ref refs/heads/main",
        "--deny-self-hosted-runners",
    ):
        assert demanded in verify
    assert rolling.content["env"]["IMAGE"] == "${{ vars.REGISTRY_HOST }}/qfa@${{ inputs.digest }}"


def test_staging_and_prd_are_rolled_out_to_by_hand_from_main_behind_their_environments() -> None:
    asked = workflow("promote")["on"]

    assert asked.keys() == {"workflow_dispatch"}
    assert asked["workflow_dispatch"]["inputs"]["environment"]["options"] == ["staging", "prd"]
    assert job("promote", "promote").content["if"] == "github.ref == 'refs/heads/main'"
    assert job("roll-out", "roll-out").environment == "${{ inputs.environment }}"


def test_an_environment_is_changed_by_one_job_at_a_time_which_is_not_stopped_midway() -> None:
    changing = [job("roll-out", "roll-out"), job("infra", "review"), job("infra", "apply")]

    for each in changing:
        assert each.content["concurrency"] == {
            "group": "environment-${{ inputs.environment }}",
            "cancel-in-progress": False,
        }
    assert not workflow("deploy")["concurrency"]["cancel-in-progress"]
    assert not workflow("promote")["concurrency"]["cancel-in-progress"]


def test_infrastructure_is_applied_by_hand_alone_from_main_behind_an_environment_of_its_own() -> None:
    started_by = workflow("infra")["on"]
    applying = [
        job for job in jobs("infra") if any("terraform -chdir=infra apply" in run for run in job.runs())
    ]

    assert started_by.keys() == {"pull_request", "workflow_dispatch"}
    assert started_by["workflow_dispatch"]["inputs"]["environment"]["options"] == ENVIRONMENTS
    assert [job.name for job in applying] == ["apply"]
    assert applying[0].content["needs"] == "review"
    assert job("infra", "review").content["if"] == (
        "github.event_name == 'workflow_dispatch' && github.ref == 'refs/heads/main'"
    )
    assert {job("infra", name).environment for name in ("review", "apply")} == {
        "${{ inputs.environment }}-infra"
    }


def test_what_is_applied_is_the_plan_that_was_looked_at() -> None:
    apply = job("infra", "apply")
    refuse = apply.steps[apply.step("refuse another plan than the one that was looked at")]

    assert refuse["env"] == {
        "SEEN": "${{ needs.review.outputs.plan }}",
        "FOUND": "${{ steps.plan.outputs.sha256 }}",
    }
    assert apply.step("plan again") < apply.steps.index(refuse) < apply.step("apply")


def test_a_pull_request_plans_with_what_only_reads_and_a_fork_not_at_all() -> None:
    plan = job("infra", "plan")

    assert plan.runs() == [".github/scripts/plan.sh --read-only"]
    assert (
        plan.environment is None
    )  # the subject of its token is then `pull_request`: infra/pipeline_identity.tf
    assert "github.event.pull_request.head.repo.full_name == github.repository" in plan.content["if"]
    assert workflow("infra")["on"]["pull_request"]["paths"][0] == "infra/**"


def test_environments_and_identities_are_those_that_terraform_makes() -> None:
    identities = (ROOT / "infra" / "pipeline_identity.tf").read_text()

    assert re.search(r'deploy\s*= "environment:\$\{var.environment\}"', identities)
    assert re.search(r'apply\s*= "environment:\$\{var.environment\}-infra"', identities)
    assert re.search(r'plan\s*= "pull_request"', identities)
    assert sorted(path.stem for path in (ROOT / "infra" / "environments").iterdir()) == sorted(ENVIRONMENTS)


def test_what_is_pinned_is_kept_from_growing_old() -> None:
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]

    assert {update["package-ecosystem"] for update in updates} == {"github-actions", "docker", "npm"}
    assert all((ROOT / Path(update["directory"].lstrip("/"))).is_dir() for update in updates)


def test_every_variable_is_in_the_runbook() -> None:
    runbook = (ROOT / "docs" / "operations" / "deployment.md").read_text()
    named = {name for workflow in NAMES for name in re.findall(r"vars\.(\w+)", text(workflow))}

    assert len(named) > 6
    assert [name for name in sorted(named) if f"`{name}`" not in runbook] == []
