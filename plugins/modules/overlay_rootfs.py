#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module overlay_rootfs: documentation and options; the work is in module_utils/_rootfs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: overlay_rootfs
short_description: Mount the root file system of a container from layers
version_added: "0.1.0"
description:
  - Mounts an overlay of an image's layers, or of any folders, with a writable layer of its own on top.
  - The layers are never changed, so any number of root file systems can stand on the same ones.
  - By default every root file system has 65,536 user and group ids of its own, for a container in a user namespace.
    Its files belong to those ids on the host. They are mapped by the kernel, in the mounts of the layers; nothing is
    copied or changed on disk, so the ids can be changed at any time.
  - There is exactly one mount however often the module runs. What is mounted is read from the kernel; a mount that is
    gone, doubled, or made of something else is put right.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
options:
  name:
    description:
      - Name of the root file system. A container of the same name uses it by default.
    type: str
    required: true
  image:
    description:
      - Name, id, or start of the id of an image in O(store), as M(daemonless.containers.image_unpack) has put it there.
      - Needed for O(state=mounted) unless O(layers) are given.
      - Where the image of that name is another than before, its layers are mounted, below the changes made so far. The
        module warns of that; O(reset) discards the changes.
    type: str
  layers:
    description:
      - Absolute paths of folders on the target, the lowest first, instead of an O(image).
      - Whiteouts in them have to be in the form of overlayfs. They must not be changed as long as they are mounted.
      - A folder that occurs twice counts where it lies higher.
    type: list
    elements: path
  path:
    description:
      - Absolute path on the target to mount it on. The folder is made if it is missing, in a folder that has to be
        there, and removed with the root file system if it was made for it.
      - The default is C(containers/<name>/merged) in O(store), where only root gets at it.
      - At other places every user of the host can run the programs in it, those with the set-user-id bit too.
    type: path
  userns:
    description:
      - V(auto) gives it a range of 65,536 ids that no other root file system on this host has, from 536870912 upwards.
        It keeps them until O(state=absent).
      - V(none) shows the owners of files as they are in the layers, for a container without a user namespace.
      - An image with files of an owner above 65535 is refused with V(auto), as they would be nobody's in the container.
        Use O(uidmap) and O(gidmap) for such images, or V(none). Of folders in O(layers) nobody looks at the owners.
      - Needs Linux 5.19, and a O(store) on a file system that can be id-mapped, such as ext4, xfs or btrfs.
    type: str
    choices: [auto, none]
    default: auto
  uidmap:
    description:
      - The mapping of user ids instead of that of O(userns=auto), one line each, as in C(/proc/<pid>/uid_map) - the
        first id in the container, the first id on the host, how many.
      - Id 0 in the container has to be mapped.
      - No range that V(auto) gives to others overlaps with these, and ids that another rootfs of this host has, in
        whichever store, are an error. Ids below 65536 are the host's own users', which are shared with the host anyway.
    type: list
    elements: str
  gidmap:
    description:
      - The mapping of group ids; like O(uidmap) if left out.
    type: list
    elements: str
  read_only:
    description:
      - Mount it read-only. Changes made while it was writable stay visible.
    type: bool
    default: false
  reset:
    description:
      - Throw away all changes made in it and begin with the bare layers again. Nothing is done where nothing was
        changed.
      - Refused while a container uses it.
    type: bool
    default: false
  state:
    description:
      - V(mounted) makes and mounts it.
      - V(unmounted) takes the mount away and keeps the changes and the ids.
      - V(absent) removes it with all changes made in it.
      - A root file system in use is neither unmounted nor mounted in another way; the error names who uses it.
    type: str
    choices: [mounted, unmounted, absent]
    default: mounted
seealso:
  - module: daemonless.containers.image_unpack
  - module: daemonless.containers.ns_container
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Mount a root file system of an image that was unpacked before
  daemonless.containers.overlay_rootfs:
    name: web
    image: busybox:latest

- name: Begin with the bare image again
  daemonless.containers.overlay_rootfs:
    name: web
    image: busybox:latest
    reset: true

- name: Mount folders, the lowest first, at a place of your own
  daemonless.containers.overlay_rootfs:
    name: tools
    layers:
      - /srv/layers/base
      - /srv/layers/tools
    path: /srv/tools
    read_only: true
    userns: none

- name: Use ids of your own choice
  daemonless.containers.overlay_rootfs:
    name: db
    image: postgres:17
    uidmap:
      - 0 100000 65536

- name: Remove a root file system with all changes made in it
  daemonless.containers.overlay_rootfs:
    name: web
    state: absent
"""

RETURN = r"""
rootfs:
  description: The root file system; none if there isn't one of that name.
  returned: success
  type: dict
  sample:
    name: web
    merged: /var/lib/daemonless/containers/web/merged
    diff: /var/lib/daemonless/containers/web/diff
    work: /var/lib/daemonless/containers/web/work
    layers:
      - /var/lib/daemonless/layers/sha256/4c1ed0a6bc6fa8b1dc9d9b1a3ea3a64f0ab2e3d0b1b4d6ef4f3a5c7d7c3f2a10
    image: sha256:65ad0d468eb1c558bf7f4e64e790f586e9eda649ee9f130cd0e835b292bbc5ac
    uidmap: ["0 536870912 65536"]
    gidmap: ["0 536870912 65536"]
    read_only: false
  contains:
    name:
      description: Its name.
      type: str
    merged:
      description: The path it is mounted on.
      type: str
    diff:
      description: The folder that holds the changes made in it.
      type: str
    work:
      description: The folder that overlayfs works in.
      type: str
    layers:
      description: Paths of the layers, the lowest first.
      type: list
      elements: str
    image:
      description: Id of the image; none if it was made of folders.
      type: str
    uidmap:
      description: Lines of the mapping of user ids; empty without a user namespace.
      type: list
      elements: str
    gidmap:
      description: Lines of the mapping of group ids; empty without a user namespace.
      type: list
      elements: str
    read_only:
      description: Whether it is mounted read-only.
      type: bool
image_before:
  description: Id of the image that it stood on before the task; none if it stood on none, or wasn't there.
  returned: success
  type: str
  sample: sha256:65ad0d468eb1c558bf7f4e64e790f586e9eda649ee9f130cd0e835b292bbc5ac
ops:
  description: What was done, or would be done in check mode, in words and in order.
  returned: always
  type: list
  elements: str
  sample:
    - make the upper layer of rootfs web
    - claim 65536 ids for rootfs web
    - record rootfs web
    - make folder /var/lib/daemonless/containers/web/merged
    - mount rootfs web on /var/lib/daemonless/containers/web/merged
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.room import ROOM


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC, mutually_exclusive=[("image", "layers")])


if __name__ == "__main__":
    main()
