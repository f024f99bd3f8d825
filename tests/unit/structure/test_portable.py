# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing in the project belongs to one machine or refers to what a reader cannot have."""

from __future__ import annotations

import re

from project import files, shown

SOMEBODYS = re.compile(r"/wor[k]/(?:main|shared)|/home/\w+/|/tmp/brief[s]|(?:DESIG[N]|HARDENIN[G]|TOOLCHAI[N])\.md")


def test_no_path_of_one_machine() -> None:
    texts = ((path, path.read_text(encoding="utf-8", errors="replace")) for path in files())
    assert [f"{shown(path)}: {match}" for path, text in texts for match in SOMEBODYS.findall(text)] == []
