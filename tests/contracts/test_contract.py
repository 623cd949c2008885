"""What the suites demand of those who inherit them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qfa_core import contracts
from qfa_core.contracts import Contract, UsageStoreContract

NO_FIXTURES = """
from qfa_core.contracts import UsageStoreContract

class TestMine(UsageStoreContract):
    pass
"""
WRONG = """
import pytest
from qfa_core.contracts import UsageStoreContract

class Forgetful:
    async def record(self, calls): pass
    async def oldest(self, before, limit): return ()

class TestMine(UsageStoreContract):
    can_be_unreachable = False

    @pytest.fixture
    async def usage_store(self):
        yield Forgetful()
"""


def run(module: str, test: str, folder: Path) -> str:
    """Run one test of the module as a stranger would, with no configuration at all."""
    (folder / "test_mine.py").write_text(module, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "-c", "/dev/null"]
    done = subprocess.run(
        [*command, "-k", test, "test_mine.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert contracts.__all__ == sorted(set(contracts.__all__))
    assert all(hasattr(contracts, name) for name in contracts.__all__)


def test_no_suite_is_collected_by_being_imported() -> None:
    assert not [name for name in contracts.__all__ if name.startswith(("Test", "test"))]


def test_an_overridden_test_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Mine\.test_a_call_at_since_counts overrides a contract"):

        class Mine(UsageStoreContract):
            async def test_a_call_at_since_counts(self) -> None:  # type: ignore[override]
                pass


def test_a_test_that_is_put_out_of_the_way_is_refused() -> None:
    with pytest.raises(TypeError):
        type("Mine", (UsageStoreContract,), {"test_a_call_at_since_counts": None})


def test_a_test_that_a_mixin_overrides_is_refused() -> None:
    mixin = type("Mixin", (), {"test_a_call_at_since_counts": lambda self: None})

    with pytest.raises(TypeError):
        type("Mine", (mixin, UsageStoreContract), {})


def test_a_mark_without_a_reason_is_refused() -> None:
    with pytest.raises(TypeError):

        class Mine(UsageStoreContract):
            @pytest.mark.xfail
            async def test_a_call_at_since_counts(self) -> None:  # type: ignore[override]
                pass


def test_a_test_that_is_marked_to_fail_for_a_reason_may_be_overridden() -> None:
    class Mine(UsageStoreContract):
        @pytest.mark.xfail(reason="the warehouse counts days")
        async def test_a_call_at_since_counts(self) -> None:  # type: ignore[override]
            pass

    assert issubclass(Mine, Contract)


def test_tests_of_ones_own_may_be_added() -> None:
    class Mine(UsageStoreContract):
        async def test_what_only_mine_can_do(self) -> None:
            pass

    assert issubclass(Mine, Contract)


def test_a_fixture_that_is_missing_is_asked_for_by_name(tmp_path: Path) -> None:
    output = run(NO_FIXTURES, "test_a_store_out_of_reach_fails_its_check", tmp_path)

    assert "Give a fixture `unreachable_usage_store`, or say `can_be_unreachable = False`." in output


def test_what_is_not_supported_is_skipped(tmp_path: Path) -> None:
    output = run(WRONG, "test_a_store_out_of_reach_fails_its_check", tmp_path)

    assert "1 skipped" in output


def test_a_failing_test_shows_the_values_that_it_compared(tmp_path: Path) -> None:
    output = run(WRONG, "test_a_recorded_call_is_kept_with_every_field", tmp_path)

    assert "1 failed" in output
    assert "first extra item: LLMCall(id='a', request_id=" in output
