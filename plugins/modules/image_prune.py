#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module image_prune: documentation and options; the work is in module_utils/_prune."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_prune
short_description: Remove images and layers that nothing uses
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Removes images on which no root file system stands, those of their layers that no other image has, and layers that
    no image has at all.
  - Removes what was left in the folders of images and layers by runs that were killed.
  - A layer that a root file system or a mount uses is never removed, be that a mount made by hand.
  - Says how many bytes on the disk that frees, in check mode too.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
options:
  images:
    description:
      - V(dangling), of the images on which no root file system stands those that have no name, as one has that lost
        its name to a newer image.
      - V(unused), all images on which no root file system stands.
    type: str
    choices:
      - dangling
      - unused
    default: dangling
  until:
    description:
      - Keep images that were unpacked, fetched or named within this time, such as V(36h), V(1h30m) or V(7d).
        Units are V(s), V(m), V(h), V(d) and V(w).
    type: str
  keep:
    description:
      - Images to keep, each by one of its names, or by its id, whole or its first characters (at least four).
        Those that are not in the store are passed over.
    type: list
    elements: str
    default: []
seealso:
  - module: daemonless.containers.image_fetch
  - module: daemonless.containers.image_unpack
"""

EXAMPLES = r"""
- name: Remove images that lost their name
  daemonless.containers.image_prune:

- name: Remove images that nothing has used for a week, but for two
  daemonless.containers.image_prune:
    images: unused
    until: 7d
    keep:
      - busybox:1.36
      - registry.example/team/web:2.1
  register: pruned

- name: Say what that freed
  ansible.builtin.debug:
    msg: "{{ pruned.space_reclaimed | human_readable }}"
"""

RETURN = r"""
images:
  description: The images that were removed, or in check mode would be.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Digest of the image's config.
      type: str
    names:
      description: The names that it had.
      type: list
      elements: str
layers:
  description: The diff_ids of the layers that were removed, or in check mode would be.
  returned: success
  type: list
  elements: str
leftovers:
  description: Paths of what killed runs had left that were removed, or in check mode would be.
  returned: success
  type: list
  elements: str
space_reclaimed:
  description: Bytes on the disk that were freed, or in check mode would be.
  returned: success
  type: int
  sample: 4390912
ops:
  description: What was done, or in check mode would be, in words.
  returned: always
  type: list
  elements: str
  sample:
    - >-
      remove image sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a (busybox:1.35)
      and 1 layer that no other image uses
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._prune.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._prune.room import ROOM


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
