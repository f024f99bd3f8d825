# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small parts of _core: phrases of errors, names, records."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError, step
from ansible_collections.daemonless.containers.plugins.module_utils._core.names import checked_name
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store, read_record, write_record
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files


def test_phrases_are_read_from_the_outside_in() -> None:
    with pytest.raises(ContainersError) as caught, step("unpack layer x"), step('entry "a/b"'):
        raise ContainersError("too long", "Shorten it")
    assert str(caught.value) == 'unpack layer x: entry "a/b": too long. Shorten it'


def test_an_os_error_in_a_step_names_both_paths() -> None:
    with pytest.raises(ContainersError, match=r"^publish: /a -> /b: No such file or directory$"), step("publish"):
        raise OSError(2, "x", "/a", None, "/b")


@pytest.mark.parametrize("name", ["web", "web-1", "_x", "+x", "-x", "0", "a.b", "x" * 64])
def test_good_names(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", ".x", "a/b", "../x", "a b", "a\n", "a\0", "é", "x" * 65])
def test_bad_names(name: str) -> None:
    with pytest.raises(ContainersError, match=r"^name "):
        checked_name(name)


def test_a_record_is_read_as_it_was_written_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "record.json"
    write_record(Files(), str(path), {"a": [1]})
    assert read_record(Files(), str(path), dict) == {"a": [1]}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["record.json"]


def test_no_record_is_none(tmp_path: Path) -> None:
    assert read_record(Files(), str(tmp_path / "none.json"), dict) is None


def test_an_empty_record_is_what_a_power_cut_leaves_of_none(tmp_path: Path) -> None:
    (tmp_path / "record.json").touch()
    assert read_record(Files(), str(tmp_path / "record.json"), dict) is None


@pytest.mark.parametrize("text", ['{"a": 1', "[1]"])
def test_a_damaged_record_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(ContainersError, match=rf"^read {path}: not "):
        read_record(Files(), str(path), dict)


@pytest.mark.parametrize("text", ["{}", '{"ids": 1}', '{"ids": {"a": 1}}', '{"ids": ["x"]}', '{"ids": [null]}'])
def test_a_record_of_another_form_is_damaged_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(ContainersError, match=rf"^read {path}: not a record in this version's form \(.*remove it"):
        read_record(Files(), str(path), lambda record: [int(number) for number in record["ids"]])


def test_a_damaged_record_can_have_another_way_out(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text("{}")
    with pytest.raises(ContainersError) as caught:
        read_record(Files(), str(path), lambda record: record["pid"], "End the process first")
    assert caught.value.hint == "End the process first"


def test_a_failed_write_leaves_the_old_record_and_no_scrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    write_record(Files(), str(path), {"a": 1})

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_record(Files(), str(path), {"a": 2})
    monkeypatch.undo()
    assert read_record(Files(), str(path), dict) == {"a": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["record.json"]


def test_two_stores_never_share_live_state() -> None:
    assert Store().run == "/run/daemonless"
    assert Store("/srv/a").run != Store("/srv/b").run
    assert Store("/srv/a").live("web").startswith("/run/daemonless/stores/")
