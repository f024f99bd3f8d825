# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages say the same in both languages, lead to one another, and have pictures of what is there."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import List

import pytest
from project import MODULE_UTILS, ROOT, modules

README = ROOT / "README.md"
CHINESE = ROOT / "README.zh-CN.md"
PICTURES = ROOT / "docs/pictures"


def blocks(path: Path) -> List[str]:
    """What a page shows as commands and code, without comments, which are in the page's language."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"^```[\s\S]*?^```$|(?:^ {4}\S.*\n)+", text, re.M)
    return [re.sub(r" +# .*", "", block).strip() for block in found]


def modules_of(path: Path) -> List[str]:
    """Those in the page's first table, in order."""
    rows = re.search(r"(?:^\| `.*\n)+", path.read_text(encoding="utf-8"), re.M)
    assert rows is not None
    return [name for row in rows[0].splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def texts(picture: str) -> str:
    """What is written in a picture, a line for each text."""
    drawn = (PICTURES / picture).read_text(encoding="utf-8")
    return "\n".join(unescape(text).replace("\xa0", " ") for text in re.findall(r"<text.*?>(.*?)</text>", drawn))


def test_the_chinese_readme_has_the_same_commands() -> None:
    assert len(blocks(README)) > 5
    assert blocks(CHINESE) == blocks(README)


def test_both_readmes_have_every_module() -> None:
    assert set(modules_of(README)) == {path.stem for path in modules()}
    assert modules_of(CHINESE) == modules_of(README)


def test_the_chinese_readme_makes_the_same_links() -> None:
    english, chinese = (set(re.findall(r"\]\(([^)#]+)", page.read_text("utf-8"))) for page in (README, CHINESE))
    assert chinese <= english | {"README.md", "docs/README.md"}


@pytest.mark.parametrize("start", ["README.md", "docs/README.md"])
def test_every_page_is_led_to(start: str) -> None:
    text = (ROOT / start).read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [page for page in sorted(pages) if f"{page})" not in text] == []


def test_pictures_load_nothing() -> None:
    for picture in sorted(PICTURES.glob("*.svg")):
        drawn = picture.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|@font-face|xlink|<script", drawn.replace(">", ">\n")), picture.name


def test_the_terminal_shows_what_there_is() -> None:
    drawn = texts("run.svg")
    tasks = set(re.findall(r"TASK \[(.*?)\]", drawn))
    written = (ROOT / "playbooks/tasks/show.yml").read_text(encoding="utf-8")
    assert tasks
    assert all(f"- name: {task}\n" in written for task in tasks)
    targets = set(re.findall(r"make (\w+)", drawn))
    assert targets == {"run", "down"}
    assert targets <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert "changed=0" in drawn


def test_every_room_is_in_the_picture() -> None:
    names = {path.name for path in MODULE_UTILS.glob("_[a-z]*") if path.is_dir()}
    assert set(re.findall(r"^(_\w+)$", texts("rooms.svg"), re.M)) == names
