# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file says under which terms it stands, and every Python file what it is."""

from __future__ import annotations

import ast
from pathlib import Path

from project import documented, files, python_files, shown, tree

# REUSE-IgnoreStart
OWNER = "# SPDX-FileCopyrightText: 2026 The daemonless.containers authors"
LICENCE = "# SPDX-License-Identifier: GPL-3.0-or-later"
# REUSE-IgnoreEnd
GPL = "# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)"
COMMENTED = {".py", ".yml", ".yaml", ".toml", ".cfg", ".ini", ".sh", ".j2"}
GENERATED = {"changelog.yaml"}


def has_comments(path: Path) -> bool:
    if path.name in GENERATED:
        return False
    return path.suffix in COMMENTED or path.name == "Makefile" or path.read_bytes()[:2] == b"#!"


def has_header(path: Path) -> bool:
    lines = path.read_text(encoding="utf-8").splitlines()
    first = 1 if lines and lines[0].startswith("#!") else 0
    return lines[first : first + 2] == [OWNER, LICENCE]


def test_files_have_the_header() -> None:
    assert [shown(path) for path in files() if has_comments(path) and not has_header(path)] == []


def test_plugins_name_the_licence_as_ansible_wants_it() -> None:
    assert [shown(path) for path in documented() if GPL not in path.read_text(encoding="utf-8").splitlines()[:5]] == []


def test_files_say_what_they_are() -> None:
    """A plugin does so in its DOCUMENTATION."""
    others = set(python_files()) - set(documented())
    assert sorted(shown(path) for path in others if not ast.get_docstring(tree(path))) == []


def test_annotations_cost_nothing() -> None:
    wanted = "from __future__ import annotations"
    assert [shown(path) for path in python_files() if wanted not in path.read_text(encoding="utf-8").splitlines()] == []
