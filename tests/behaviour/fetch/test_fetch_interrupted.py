# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others can see of a run, and what is left of one that is ended: no secret, no process, no half image."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

import pytest
from imagebuild import Image, layer
from registry import PASSWORD, Registry, on_path
from rooms import STORE, fetch

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

SUPPORT = str(Path(__file__).parents[2] / "support")
RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from rooms import fetch
from ansible_collections.daemonless.containers.plugins.module_utils._core.interruption import heed_signals
heed_signals()
fetch(**json.loads(sys.argv[2]))
"""
SLOW = """
case " $* " in
*" copy "*) for last; do :; done
    mkdir -p "${last#oci:}/blobs/sha256" && echo half >"${last#oci:}/blobs/sha256/half"
    echo $$ >"PIDFILE.new" && mv "PIDFILE.new" "PIDFILE"
    exec sleep 600 ;;
*) exec $SKOPEO "$@" ;;
esac
"""


def test_a_password_is_seen_by_nobody(
    secured: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    secured.push("secret:1", Image(layers=[layer("secret")]))
    seen = tmp_path / "seen"
    record = f'tr "\\0" "\\n" </proc/$$/cmdline >>{seen}; env >>{seen}; ls -lR /run /var/tmp {STORE} >>{seen}\n'
    monkeypatch.setenv("PATH", on_path(tmp_path / "bin", record + 'exec $SKOPEO "$@"'))
    done = fetch(source=secured.source("secret:1"), **secured.options)
    assert done["changed"]
    assert seen.read_text().count("inspect") >= 2
    token = "cmVhZGVyOm9wZW4gc2VzYW1l"
    for text in (
        seen.read_text(),
        json.dumps({**done, "warnings": list(done["warnings"])}),
        "".join(capfd.readouterr()),
    ):
        assert PASSWORD not in text
        assert token not in text


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_run_that_is_ended_ends_skopeo(
    plain: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    plain.push("slow:1", Image(layers=[layer("slow")]))
    pid_file = tmp_path / "pid"
    options = {"source": plain.source("slow:1"), **plain.options}
    environment = {**os.environ, "PATH": on_path(tmp_path / "bin", SLOW.replace("PIDFILE", str(pid_file)))}
    run = subprocess.Popen([sys.executable, "-c", RUN, SUPPORT, json.dumps(options)], env=environment)
    _until(pid_file.exists)
    (half,) = Path(STORE, "fetching").glob("*/layout/blobs/sha256/half")
    assert oct(half.parents[3].stat().st_mode)[-3:] == "700"
    run.send_signal(number)
    assert run.wait() != 0
    _until(lambda: not Path("/proc", pid_file.read_text().strip()).exists())
    if number == signal.SIGKILL:
        assert os.listdir(STORE) == ["fetching"]
        assert fetch(**options)["changed"]
        assert sorted(os.listdir(STORE)) == ["images", "layers"]
    else:
        assert os.listdir(STORE) == []


def test_what_takes_too_long_is_ended(plain: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain.push("late:1", Image(layers=[layer("late")]))
    pid_file = tmp_path / "pid"
    monkeypatch.setenv("PATH", on_path(tmp_path / "bin", SLOW.replace("PIDFILE", str(pid_file))))
    with pytest.raises(ContainersError, match="skopeo took longer than 2 seconds") as raised:
        fetch(source=plain.source("late:1"), timeout=2, **plain.options)
    assert raised.value.hint == "Raise timeout"
    assert not Path("/proc", pid_file.read_text().strip()).exists()
    assert os.listdir(STORE) == []
