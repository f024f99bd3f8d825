# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin with the options that variables give it, made without Ansible's loader."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from ansible import constants
from ansible.playbook.play_context import PlayContext

from ansible_collections.daemonless.containers.plugins.connection import nsenter
from ansible_collections.daemonless.containers.plugins.doc_fragments import ssh

NAME = "daemonless.containers.nsenter"


@cache
def _declare() -> None:
    """Do what Ansible's loader of collections does, which gets into the way of what is imported without it."""
    texts = (ssh.ModuleDocFragment.DOCUMENTATION, nsenter.DOCUMENTATION)
    options = {name: option for text in texts for name, option in yaml.safe_load(text)["options"].items()}
    constants.config.initialize_plugin_configuration_definitions("connection", NAME, options)


def connection(**variables: Any) -> nsenter.Connection:
    """The plugin for container ``web``, as a task with these variables has it."""
    _declare()
    plugin = nsenter.Connection(PlayContext())
    plugin._load_name = NAME
    extras = {name: value for name, value in variables.items() if name.startswith("ansible_ssh_")}
    plugin.set_options(var_options={"inventory_hostname": "web", **variables, "_extras": extras})
    return plugin
