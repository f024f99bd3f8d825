# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime: put on a target from folders and from an archive, kept whole, and able to run there."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence

import pytest

from ansible_collections.daemonless.containers.plugins import module_utils
from ansible_collections.daemonless.containers.plugins.module_utils._container.handover import verdict_path
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_name import mark
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._runtime.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files
from ansible_collections.daemonless.containers.plugins.module_utils._sys.sources import Sources

PACKAGE = "ansible_collections/daemonless/containers/plugins/module_utils"
READ_FROM_ARCHIVE = f"""
import sys
sys.path = [sys.argv[1]] + [path for path in sys.path if "site-packages" not in path]
from {PACKAGE.replace("/", ".")}._sys.sources import Sources
import {PACKAGE.replace("/", ".")}._sys.sources as here
assert ".zip/" in here.__file__
print(__import__("json").dumps({{path: data.decode() for path, data in Sources().read(["_core", "_service"]).items()}}))
"""
WITHOUT_ANSIBLE = """
import sys
sys.modules["ansible"] = sys.modules["ansible_collections"] = None
sys.path.insert(0, sys.argv[1])
import daemonless_containers._service.start
import daemonless_containers._service.stopped
"""


class FakeHost:
    """A real file system, and units that a test gives."""

    def __init__(self) -> None:
        self.files = Files()
        self.sources = Sources()
        self.systemd = self.locks = self
        self.texts: Dict[str, str] = {}

    @contextmanager
    def hold(self, store: Store, names: Sequence[str]) -> Iterator[None]:
        yield

    def units(self, prefix: str) -> List[str]:
        return sorted(self.texts)

    def read(self, unit: str) -> str:
        return self.texts[unit]


@pytest.fixture
def host() -> Any:
    return FakeHost()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def runtime(host: Any, store: Store, state: str = "present", check_mode: bool = False) -> Dict[str, Any]:
    return run_room(ROOM, {"store": store.root, "state": state}, host, check_mode)


def run(store: Store, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", store.runtime_entry, *arguments], capture_output=True, text=True, check=False
    )


def versions(store: Store) -> List[str]:
    return sorted(path.name for path in Path(store.runtime).iterdir())


def test_it_runs_where_nothing_else_of_ours_is(host: Any, store: Store) -> None:
    made = runtime(host, store)
    assert made["changed"]
    assert made["runtime"]["path"] == store.runtime_entry
    assert run(store).stderr.startswith("usage: daemonless-runtime")
    other = Store(f"{store.root}/other")
    failed = run(store, "start", other.root, "web")
    Files().remove(verdict_path(other, "web"))
    Files().remove_empty(other.folders())
    assert failed.returncode != 0
    assert failed.stderr.strip()
    subprocess.run([sys.executable, "-I", "-c", WITHOUT_ANSIBLE, str(Path(store.runtime_entry).parent)], check=True)


def test_twin_and_check_mode(host: Any, store: Store) -> None:
    predicted = runtime(host, store, check_mode=True)
    assert not Path(store.root).exists()
    made = runtime(host, store)
    assert (predicted["ops"], predicted["runtime"]) == (made["ops"], made["runtime"])
    again = runtime(host, store)
    assert (again["changed"], again["ops"], again["runtime"]) == (False, [], made["runtime"])
    assert again["diff"]["before"] == again["diff"]["after"]


def test_damage_is_repaired(host: Any, store: Store) -> None:
    version = runtime(host, store)["runtime"]["version"]
    entry = Path(store.runtime_entry)
    entry.write_text("broken")
    assert runtime(host, store)["ops"] == [f"install version {version} of the runtime"]
    assert "broken" not in entry.read_text()


def test_a_lost_link_is_made_again(host: Any, store: Store) -> None:
    version = runtime(host, store)["runtime"]["version"]
    Path(store.runtime, "current").unlink()
    assert runtime(host, store)["ops"] == [f"use version {version} of the runtime"]


def test_another_version_is_replaced(host: Any, store: Store) -> None:
    old = Path(store.runtime, "0123456789abcdef")
    old.mkdir(parents=True)
    (old / "daemonless-runtime").write_text("old")
    Path(store.runtime, "current").symlink_to("0123456789abcdef")
    version = runtime(host, store)["runtime"]["version"]
    assert versions(store) == sorted([version, "current"])


def test_files_are_readable_by_all_and_compiled(host: Any, store: Store) -> None:
    runtime(host, store)
    folder = Path(store.runtime_entry).resolve().parent
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.py")} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_dir()} <= {0o755}
    assert list((folder / "daemonless_containers/_service/__pycache__").glob("main.*.pyc"))


def test_removed_and_removed_again(host: Any, store: Store) -> None:
    runtime(host, store)
    assert runtime(host, store, "absent")["ops"] == ["remove the runtime"]
    assert not Path(store.runtime).exists()
    assert not runtime(host, store, "absent")["changed"]


def test_not_removed_while_a_container_needs_it(host: Any, store: Store) -> None:
    runtime(host, store)
    host.texts = {"daemonless-web.service": f"{mark(store, 'web')}\n", "daemonless-x.service": "# another's\n"}
    with pytest.raises(ContainersError, match=r"is needed by container web\. "):
        runtime(host, store, "absent")
    assert run(store).returncode == 2


def test_sources_out_of_an_archive_are_those_of_the_folders(tmp_path: Path) -> None:
    root = Path(module_utils.__path__[0])
    archive = tmp_path / "module.zip"
    with zipfile.ZipFile(archive, "w") as file:
        parts = PACKAGE.split("/")
        for depth in range(1, len(parts) + 1):
            file.writestr("/".join([*parts[:depth], "__init__.py"]), "")
        for package in ("_core", "_sys", "_service"):
            file.writestr(f"{PACKAGE}/{package}/__init__.py", "")
            for path in sorted((root / package).glob("*.py")):
                file.write(path, f"{PACKAGE}/{package}/{path.name}")
    done = subprocess.run(
        [sys.executable, "-I", "-c", READ_FROM_ARCHIVE, str(archive)], stdout=subprocess.PIPE, text=True, check=True
    )
    found = {path: text.encode() for path, text in json.loads(done.stdout).items() if not path.endswith("__init__.py")}
    assert found == Sources().read(["_core", "_service"])
    assert "_service/main.py" in found
