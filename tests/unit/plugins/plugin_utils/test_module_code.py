# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A target's cache of modules has all code that modules need, by a name that tells it from any other."""

from __future__ import annotations

import ast
import base64
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Dict

import pytest
from project import modules, python_files, shown

from ansible_collections.daemonless.containers.plugins.module_utils._sent import call

module_code = pytest.importorskip(
    "ansible_collections.daemonless.containers.plugins.plugin_utils.module_code",
    reason="the controller's side needs a Python that ansible-core runs on",
)
PREFIX = "ansible_collections/daemonless/containers/"
HOSTILE = b"""{"a": "'''\\" \\\\ \\u00e9 #<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>> {words} \\n"}"""


def words_of(program: bytes) -> Dict[str, Any]:
    """What the program's last line calls with."""
    last = ast.parse(program).body[-1]
    assert isinstance(last, ast.Expr)
    assert isinstance(last.value, ast.Call)
    return {str(word.arg): ast.literal_eval(word.value) for word in last.value.keywords}


def test_every_file_that_may_be_imported_is_there() -> None:
    sources = module_code.sources()
    ours = {f"{PREFIX}{shown(path)}" for path in python_files("plugins/module_utils", "plugins/modules")}
    assert ours <= set(sources)
    assert "ansible/module_utils/basic.py" in sources
    assert "ansible_collections/__init__.py" in sources
    assert not [
        path for path in sources if path.startswith(("ansible/module_utils/facts/", f"{PREFIX}plugins/action/"))
    ]


def test_every_module_is_imported_from_it_alone(tmp_path: Path) -> None:
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path, data in module_code.sources().items():
            made.writestr(path, data)
    names = [f"{PREFIX}plugins/modules/{path.stem}".replace("/", ".") for path in modules()]
    program = f"import sys; sys.path.insert(0, {str(archive)!r})\nimport importlib\n"
    program += f"for name in {names!r}: importlib.import_module(name)\n"
    program += "ours = [m for n, m in sys.modules.items() if n.startswith('ansible_') or n.endswith('.basic')]\n"
    program += (
        f"print({{file.startswith({str(archive)!r}) for file in [getattr(m, '__file__', None) for m in ours] if file}})"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "{True}\n"


def test_the_version_is_the_contents() -> None:
    sources = module_code.sources()
    version = module_code.version_of(sources)
    assert version == module_code.version() == module_code.version_of(dict(reversed(sources.items())))
    name = f"{PREFIX}plugins/modules/veth_pair.py"
    assert module_code.version_of({**sources, name: sources[name] + b"\n"}) != version
    assert module_code.version_of({**sources, "more.py": b""}) != version


def test_the_program_holds_arguments_as_they_are() -> None:
    words = words_of(module_code.program("veth_pair", "loader", "legacy", HOSTILE, with_code=False))
    assert words == {
        "version": module_code.version(),
        "loader": "loader",
        "module": "ansible_collections.daemonless.containers.plugins.modules.veth_pair",
        "profile": "legacy",
        "arguments": HOSTILE,
        "code": None,
    }


def test_the_code_comes_along_when_asked_for() -> None:
    words = words_of(module_code.program("veth_pair", "loader", "legacy", b"{}", with_code=True))
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(words["code"]))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == module_code.sources()


def test_both_sides_use_the_same_words() -> None:
    assert (module_code.NOT_RUN, module_code.KEEPS) == (call.NOT_RUN, call.KEEPS)
