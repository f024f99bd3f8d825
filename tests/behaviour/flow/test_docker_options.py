# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/from-docker-run.md leaves out no option that the docker command here has."""

from __future__ import annotations

import re
import subprocess

import engine
import pytest
from project import ROOT, table_rows


def test_every_option_is_there() -> None:
    client = engine.client()
    if client is None:
        pytest.skip("no engine here: docker.io is not installed")
    told = subprocess.run([client, "run", "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    options = set(re.findall(r"^ {2,6}(?:-\w, )?(--[a-z0-9-]+)", told, re.M)) - {"--help"}
    assert len(options) > 80
    page = {
        option for row in table_rows(ROOT / "docs/from-docker-run.md") for option in re.findall(r"--[\w-]+", row[0])
    }
    assert options - page == set()
