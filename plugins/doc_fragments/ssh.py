# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of how SSH leads to a host, for plugins that go on from there; they hand them to Ansible's plugin ssh."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  port:
    description:
      - The host's port for SSH.
    type: int
    keyword:
      - name: port
    vars:
      - name: ansible_port
  password:
    description:
      - The password for SSH.
    type: str
    vars:
      - name: ansible_password
  private_key_file:
    description:
      - The private key for SSH, a file.
    type: path
    vars:
      - name: ansible_private_key_file
  private_key:
    description:
      - The private key for SSH itself.
    type: str
    vars:
      - name: ansible_private_key
  private_key_passphrase:
    description:
      - The passphrase of O(private_key).
    type: str
    vars:
      - name: ansible_private_key_passphrase
  host_key_checking:
    description:
      - Whether SSH is to know the host's key.
    type: bool
    vars:
      - name: ansible_host_key_checking
  sshpass_prompt:
    description:
      - The prompt for SSH's password, where it is an unusual one.
    type: str
    vars:
      - name: ansible_sshpass_prompt
  control_path:
    description:
      - The socket through which SSH shares one way to a host.
    type: str
    vars:
      - name: ansible_control_path
  control_path_dir:
    description:
      - The folder of such sockets.
    type: str
    vars:
      - name: ansible_control_path_dir
"""
