# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pages say that a message is can be found in the code, word by word."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Iterator, List, Set, Tuple

import pytest
from project import ROOT, python_files, table_rows, tree

ANY = "…"
"""What stands for whatever a message is about."""

LETTERS = 6
"""What is shorter may be anywhere."""

ANSIBLE = {"couldn't resolve module/action", "No python interpreters found"}
SUDO = {"sudo: a password is required"}
PAGES = ("docs/troubleshooting.md", "docs/connection.md", "docs/images.md")
HEADINGS = ("message", "the message says")


def template(node: ast.expr) -> str:
    """The text of a string, whatever is put into it left open."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(template(value) for value in node.values)
    return ANY


@cache
def written() -> str:
    """All texts of the code but its documentation, and those with which roles fail, one a line."""
    texts: Set[str] = set()
    for path in python_files("plugins"):
        texts |= {template(node) for node in ast.walk(tree(path)) if isinstance(node, (ast.JoinedStr, ast.Constant))}
    for path in sorted((ROOT / "roles").glob("*/tasks/*.yml")):
        for text in re.findall(r"(?:msg|fail_msg): >-\n((?: {6,}.*\n)+)", path.read_text(encoding="utf-8")):
            texts.add(re.sub(r"\{\{.*?\}\}", ANY, " ".join(text.split())))
            texts |= set(re.findall(r"'([^']+)'", text))
    return "\n".join(text for text in texts if "\n" not in text)


def quoted() -> Iterator[Tuple[str, str]]:
    """The page and the message, for each row of the pages' tables of messages."""
    for page in PAGES:
        heading = ""
        for first, *_rest in table_rows(ROOT / page):
            heading = first if first in HEADINGS or is_heading(page, first) else heading
            if heading in HEADINGS and first != heading:
                yield page, first.strip("`")


def is_heading(page: str, cell: str) -> bool:
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    return any(
        line.startswith(f"| {cell} |") and following.startswith("|---") for line, following in zip(lines, lines[1:])
    )


def endings(message: str) -> List[str]:
    """A message and what is left without what outer levels of the code put before it, as far as that says something."""
    words = message.split(": ")
    found = [": ".join(words[number:]) for number in range(len(words))]
    return [ending for ending in found if len(ending.replace(ANY, "").strip(" :.")) >= LETTERS]


def test_there_are_messages() -> None:
    found = list(quoted())
    assert {page for page, _message in found} == set(PAGES)
    assert len(found) > 90
    assert "no such message was ever written" not in written()


@pytest.mark.parametrize(("page", "message"), sorted(set(quoted())))
def test_the_code_says_so(page: str, message: str) -> None:
    if message not in ANSIBLE | SUDO:
        assert any(ending in written() for ending in endings(message)), page
