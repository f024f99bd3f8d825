# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""nftables through libnftables, in JSON: list, and change in one transaction.

What the objects mean is the rooms' business; here they are the JSON that libnftables speaks.
"""

from __future__ import annotations

import importlib.util
import json
from typing import Any, Dict, List, Sequence

from .._core import deps
from .._core.errors import ContainersError

Object = Dict[str, Any]


class Nft:
    """One libnftables context, opened when first used."""

    def __init__(self) -> None:
        self._context: Any = None

    def installed(self) -> bool:
        """Whether the Python bindings are there, without loading them."""
        return importlib.util.find_spec("nftables") is not None

    def list(self, what: str, **names: str) -> List[Object]:
        """The objects of ``list <what>``: ``list("table", family="inet", name="x")``, ``list("chains")``."""
        output = self._run(
            [{"list": {what: names or None}}], f"list nftables {what} {' '.join(names.values())}".strip()
        )
        return [item for item in json.loads(output)["nftables"] if "metainfo" not in item] if output else []

    def change(self, commands: Sequence[Object]) -> None:
        """Carry out all commands or, where one of them fails, none."""
        self._run(commands, "change nftables")

    def _run(self, commands: Sequence[Object], phrase: str) -> str:
        if self._context is None:
            self._context = deps.load("nftables").Nftables()
            self._context.set_json_output(True)
            self._context.set_handle_output(True)
        status, output, error = self._context.cmd(json.dumps({"nftables": list(commands)}))
        if status != 0:
            words = " ".join(str(error).split()) or f"libnftables returned {status}"
            raise ContainersError(f"{phrase}: {words.replace('internal:0:0-0: Error: ', '')}")
        return str(output)
