"""Every clusterer keeps the promises of the port."""

from __future__ import annotations

import pytest

from qfa_adapters.cluster.scikit_learn_clusterer import ScikitLearnClusterer
from qfa_core.contracts import ClustererContract
from qfa_core.fakes import GreedyClusterer
from qfa_core.ports.clusterer import Clusterer


class TestGreedyClusterer(ClustererContract):
    @pytest.fixture
    def clusterer(self) -> Clusterer:
        return GreedyClusterer()

    @pytest.fixture
    def failing_clusterer(self) -> Clusterer:
        return GreedyClusterer(is_down=True)


class TestScikitLearnClusterer(ClustererContract):
    @pytest.fixture
    def clusterer(self) -> Clusterer:
        return ScikitLearnClusterer()

    @pytest.fixture
    def failing_clusterer(self) -> Clusterer:
        return ScikitLearnClusterer(python="/nonexistent/python")
