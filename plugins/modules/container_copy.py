#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module container_copy: documentation and options; the work is in module_utils/_copy."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_copy
short_description: Copy files into a container
version_added: "0.1.0"
description:
  - Copies a file, a folder or a text into a container, whether that runs, is stopped, or is only a root file system
    that M(daemonless.containers.overlay_rootfs) has mounted. The image needs neither Python nor any other program.
  - What is there already, with the same content, owner and mode, is left alone.
  - Files are written with the rights that root of the container has, and no others. Links and mounts of the container
    lead to files of the container only.
  - A file is replaced whole, and only when all that is copied lies on the disk. Where anything fails, everything is as
    it was.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
attributes:
  diff_mode:
    details:
      - Short texts are shown with all that is in them. Where they are secret, give the task C(no_log) or C(diff=false).
options:
  name:
    description:
      - Name of the container, or of a root file system that no container has been started on yet.
    type: str
    required: true
  src:
    description:
      - Path, on the controller, of a file or folder. A relative one is looked for as M(ansible.builtin.copy) does it,
        first in C(files) of the role or playbook. Files in a vault are decrypted.
      - With O(remote_src=true), absolute path on the target.
      - Of a folder that is written with a slash at its end, what is in it is copied; without, the folder itself. Links
        are followed.
    type: str
  content:
    description:
      - Text that the file O(dest) is to have, instead of O(src).
    type: str
  remote_src:
    description:
      - Whether O(src) is on the target.
    type: bool
    default: false
  dest:
    description:
      - Absolute path in the container.
      - Where it is a folder, or ends with a slash, a file is put into it under its own name.
      - Missing folders are made where O(dest) ends with a slash or O(src) is a folder; otherwise they are an error.
    type: str
    required: true
  owner:
    description:
      - User who is to own the files, by a name that the container knows or a number as it counts.
      - The default is who owns the file now, and root for a new one. Folders that were there already stay as they are.
    type: str
  group:
    description:
      - Group that is to own the files, as with O(owner).
    type: str
  mode:
    description:
      - Permissions of files in octal digits, in quotes, such as V('0644'); or V(preserve) for those that O(src) has.
      - The default is what the file has now, and V('0644') for a new one.
    type: raw
  directory_mode:
    description:
      - Permissions of folders that are made. The default is V('0755'), or that of O(src) with O(mode=preserve).
    type: raw
  follow:
    description:
      - Whether a link at the path of a file stands for what it leads to, in the container. By default the file takes
        the place of the link.
    type: bool
    default: false
  force:
    description:
      - Whether a file that is there already is replaced. Otherwise it stays as it is, whatever is in it.
    type: bool
    default: true
  _archive:
    description:
      - What has come from the controller. The action plugin gives it; a task can't.
    type: path
notes:
  - In a running container volumes are seen as the container sees them; a path on one is written there, if root of the
    container may do that. Of a container that doesn't run, paths at which something is mounted when it runs are
    refused.
  - What is copied from the controller is sent in each run. Outside of the container nothing of it stays on the target.
  - To copy out of a container, use M(ansible.builtin.fetch) with the connection
    P(daemonless.containers.nsenter#connection).
seealso:
  - module: daemonless.containers.container_exec
  - module: ansible.builtin.copy
  - plugin: daemonless.containers.nsenter
    plugin_type: connection
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Give the web server its configuration
  daemonless.containers.container_copy:
    name: web
    src: files/nginx.conf
    dest: /etc/nginx/nginx.conf
    owner: root
    group: root
    mode: "0644"

- name: Write a short file
  daemonless.containers.container_copy:
    name: web
    content: "greeting=hello\n"
    dest: /srv/web/settings.ini
    owner: www-data
    mode: "0640"

- name: Copy a whole site, with folders that are missing
  daemonless.containers.container_copy:
    name: web
    src: site/
    dest: /srv/web/htdocs
    directory_mode: "0755"

- name: Copy a file of the target, unless there is one
  daemonless.containers.container_copy:
    name: web
    src: /etc/ssl/certs/ca-certificates.crt
    remote_src: true
    dest: /etc/ssl/certs/
    force: false
"""

RETURN = r"""
ops:
  description: What was done, or in check mode would be done, in words and in order.
  returned: always
  type: list
  elements: str
  sample: ["write /etc/nginx/nginx.conf in container web"]
dest:
  description: Path, in the container, of what was copied.
  returned: success
  type: str
  sample: /etc/nginx/nginx.conf
src:
  description: Where it was copied from; null for O(content).
  returned: success
  type: str
  sample: /srv/playbooks/files/nginx.conf
state:
  description: V(file) or V(directory).
  returned: success
  type: str
  sample: file
mode:
  description: Its permissions.
  returned: success
  type: str
  sample: "0644"
uid:
  description: Number of the user who owns it, as the container counts.
  returned: success
  type: int
  sample: 0
gid:
  description: Number of the group that owns it, as the container counts.
  returned: success
  type: int
  sample: 0
size:
  description: Bytes of the file; null for a folder.
  returned: success
  type: int
  sample: 648
checksum:
  description: SHA-1 of the file; null for a folder, and for a file of another size that O(force=false) has kept.
  returned: success
  type: str
  sample: da39a3ee5e6b4b0d3255bfef95601890afd80709
"""

from ansible_collections.daemonless.containers.plugins.module_utils._copy.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._core import argspec
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run

ARGUMENT_SPEC = {
    "name": {"type": "str", "required": True},
    "src": {"type": "str"},
    "content": {"type": "str", "no_log": True},
    "remote_src": {"type": "bool", "default": False},
    "dest": {"type": "str", "required": True},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "directory_mode": {"type": "raw"},
    "follow": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": True},
    "_archive": {"type": "path"},
    **argspec.store(),
}


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC, mutually_exclusive=[["src", "content"]])


if __name__ == "__main__":
    main()
