# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A killed run leaves no QEMU behind, and each machine is reached where it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Iterator, List

import layout
import machine
import pytest
from layout import VmError

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "RUNS", tmp_path / "machines")
    monkeypatch.setattr(machine, "SSH_CONFIG", tmp_path / "ssh_config")
    return tmp_path


@pytest.fixture
def qemus(cache: Path) -> Iterator[List[subprocess.Popen[bytes]]]:
    """What looks like the QEMUs of machines "debian12" and "debian13", started by a run that left no record."""
    started = []
    for name in ("debian12", "debian13"):
        (cache / "machines" / name).mkdir(parents=True)
        drive = machine._drive(cache / "machines" / name)
        started.append(subprocess.Popen([*SLEEP, "-drive", drive]))
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_stop_ends_what_a_killed_run_left(qemus: List[subprocess.Popen[bytes]], cache: Path) -> None:
    machine.stop("debian12")
    assert qemus[0].wait(timeout=10) == -9
    assert qemus[1].poll() is None
    assert machine.started() == ["debian13"]


def test_stop_without_a_machine_is_no_error(cache: Path) -> None:
    machine.stop("debian12")
    machine.stop("debian12")
    assert machine.started() == []


def test_each_machine_is_in_the_configuration_of_ssh(cache: Path) -> None:
    for name, port in (("debian12", "1212"), ("debian13", "1313")):
        (cache / "machines" / name).mkdir(parents=True)
        (cache / "machines" / name / "port").write_text(port, encoding="ascii")
    machine._write_ssh_config()
    text = (cache / "ssh_config").read_text(encoding="utf-8")
    for name, port in (("debian12", "1212"), ("debian13", "1313")):
        key = cache / "machines" / name / "key"
        assert f"Host {name}\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {key}\n" in text


def test_a_machine_that_ended_shows_its_console(cache: Path) -> None:
    folder = cache / "machines" / "debian12"
    folder.mkdir(parents=True)
    (folder / "qemu.log").write_text("no such disk\n", encoding="ascii")
    (folder / "console.log").write_text("".join(f"line {number}\n" for number in range(100)), encoding="ascii")
    with pytest.raises(VmError, match="debian12 did not come up") as caught:
        machine.wait("debian12")
    assert str(caught.value).endswith("line 99")
    assert "line 10\n" not in str(caught.value)


@pytest.mark.parametrize("asked", ["kvm", "tcg"])
def test_the_accelerator_can_be_chosen(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setenv("DAEMONLESS_VM_ACCEL", asked)
    assert machine._accelerator() == asked


def test_an_unknown_accelerator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAEMONLESS_VM_ACCEL", "hvf")
    with pytest.raises(VmError, match="kvm, tcg or auto"):
        machine._accelerator()
