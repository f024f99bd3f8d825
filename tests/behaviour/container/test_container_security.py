# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each probe of docs/security.md, put to this project: the outcome has to be the one that is right."""

from __future__ import annotations

import pytest
from lab import Lab, Probe
from runtimes import Ours
from table import PROBES


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(Ours(), tmp_path_factory.mktemp("lab"))


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: str(probe.number))
def test_probe(lab: Lab, probe: Probe) -> None:
    outcome = probe.act(lab)
    assert outcome.good, f"{probe.question}: {outcome.words}"


def test_every_line_has_its_probe() -> None:
    assert [probe.number for probe in PROBES] == list(range(1, 41))
