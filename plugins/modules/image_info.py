#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module image_info: documentation and options; the work is in module_utils/_image_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
short_description: Show unpacked images
version_added: "0.1.0"
description:
  - Shows images that M(daemonless.containers.image_unpack) has put into the store, by name or id or all of them, with
    their layers, what they take on the disk, and what is made of them.
  - Nothing is ever changed.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.attributes.info_module
  - daemonless.containers.store
options:
  name:
    description:
      - The image's name, its id or an unambiguous start of that, or several. The default is all images of the O(store).
    type: list
    elements: str
    aliases: [names]
  size:
    description:
      - Whether to add up what the layers take on the disk. That takes some seconds for a million files.
    type: bool
    default: true
seealso:
  - module: daemonless.containers.image_unpack
  - module: daemonless.containers.container_info
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Look at an image
  daemonless.containers.image_info:
    name: web:1
  register: web

- name: Tell what it would run
  ansible.builtin.debug:
    var: web.images[0].config.config.Cmd
  when: web.exists

- name: Look at all images, quickly
  daemonless.containers.image_info:
    size: false
  register: all

- name: Name those that nothing is made of
  ansible.builtin.debug:
    msg: "{{ all.images | selectattr('rootfs', 'eq', []) | map(attribute='id') }}"
"""

RETURN = r"""
ops:
  description: Always empty, as nothing is done.
  returned: always
  type: list
  elements: str
  sample: []
exists:
  description: Whether all images that were asked for exist; without O(name), whether there is any.
  returned: success
  type: bool
  sample: true
images:
  description: The images, in the order of O(name), or by id.
  returned: success
  type: list
  elements: dict
  contains:
    asked:
      description: What it was asked for by; null where all are shown.
      type: str
      returned: success
    exists:
      description: Whether there is such an image. If not, nothing else is returned of it.
      type: bool
      returned: success
    id:
      description: The digest of its config.
      type: str
      returned: where it exists
    names:
      description: Its names.
      type: list
      elements: str
      returned: where it exists
    os:
      description: The operating system it is for.
      type: str
      returned: where it exists
    architecture:
      description: The processor it is for.
      type: str
      returned: where it exists
    created:
      description: When it was made, as the image says; null where it doesn't.
      type: str
      returned: where it exists
    diff_ids:
      description: The digests of its layers, lowest first.
      type: list
      elements: str
      returned: where it exists
    layers:
      description: Its layers, lowest first.
      type: list
      elements: dict
      returned: where it exists
      contains:
        diff_id:
          description: Its digest.
          type: str
          returned: success
        path:
          description: Where it lies, or would.
          type: str
          returned: success
        exists:
          description: Whether it is there whole.
          type: bool
          returned: success
        size:
          description: Bytes on the disk; null if O(size=false).
          type: int
          returned: success
    complete:
      description: Whether all layers are there whole. If not, M(daemonless.containers.image_unpack) mends it.
      type: bool
      returned: where it exists
    size:
      description: Bytes on the disk of all layers, those that it shares with other images too; null if O(size=false).
      type: int
      returned: where it exists
    rootfs:
      description: The root file systems that are made of it.
      type: list
      elements: str
      returned: where it exists
    containers:
      description: The containers that were last started on one of these.
      type: list
      elements: str
      returned: where it exists
    config:
      description: The image's own config, whole.
      type: dict
      returned: where it exists
  sample:
    - asked: web:1
      exists: true
      id: sha256:2f5a0e9c1b8d4a37c6e1f0b95d8a7c3e4f61b2d0a9c8e7f6051423324150a6b7
      names: [web:1]
      os: linux
      architecture: amd64
      created: "2026-11-25T14:00:00Z"
      complete: true
      size: 4505600
      rootfs: [web]
      containers: [web]
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core import argspec
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._image_info.room import ROOM

ARGUMENT_SPEC = {
    "name": {"type": "list", "elements": "str", "aliases": ["names"]},
    "size": {"type": "bool", "default": True},
    **argspec.store(),
}


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
