# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that does nothing: what Ansible itself costs."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

AnsibleModule(argument_spec={}).exit_json()
