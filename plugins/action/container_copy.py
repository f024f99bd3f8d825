# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's side of container_copy: bring what is on the controller to the target, then run the module.

Files are found as ansible.builtin.copy finds them, in ``files`` of role and playbook, and taken out of a vault.
``content`` goes the same way, so that it is among nobody's arguments. What is copied where is the module's business.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, Dict, Optional

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_bytes
from ansible.module_utils.parsing.convert_bool import boolean

from ..plugin_utils.cached_call import CachedCall
from ..plugin_utils.packing import pack, pack_content


class ActionModule(CachedCall):
    """Runs the module of the same name."""

    TRANSFERS_FILES = True
    _supports_async = False

    def _call(self, task_vars: Dict[str, Any], module_args: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        try:
            return super()._call(task_vars, self._with_archive(dict(self._task.args)))
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)

    def _with_archive(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        """The module's arguments once the target has what they speak of; as they are where that is nothing here."""
        if arguments.pop("_archive", None) is not None:
            raise AnsibleError("_archive is no option")
        src, content = arguments.get("src"), arguments.get("content")
        here = src is not None and not boolean(arguments.get("remote_src", False), strict=False)
        if (src is None) == (content is None) or not (here or content is not None):
            return arguments
        descriptor, path = tempfile.mkstemp(dir=constants.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined]
        try:
            with os.fdopen(descriptor, "wb") as archive:
                if content is not None:
                    del arguments["content"]
                    pack_content(archive, to_bytes(content if isinstance(content, str) else json.dumps(content)))
                else:
                    whole = self._find_needle("files", src)
                    arguments["src"] = whole.rstrip("/") + ("/" if str(src).endswith("/") else "")
                    pack(archive, whole, self._loader.get_real_file)
            arguments["_archive"] = self._send(path)
        except OSError as error:
            raise AnsibleError(f"read src: {error}") from error
        finally:
            os.unlink(path)
            self._loader.cleanup_all_tmp_files()
        return arguments

    def _send(self, path: str) -> str:
        folder = self._connection._shell.tmpdir
        there = self._connection._shell.join_path(folder, "archive")
        self._transfer_file(path, there)
        self._fixup_perms2((folder, there))
        return str(there)
