#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: image_unpack
short_description: Unpack container images from archives
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Unpacks an image from an archive that lies on the target into the store, one folder for each layer.
    Images share layers.
  - Reads what C(docker save) of any version since 1.10 writes, archives of kaniko, crane, skopeo, Podman and Bazel, and
    OCI image layouts, as archive or folder. The archive and its layers may be plain or compressed with gzip, bzip2, xz
    or zstd.
  - The digests of the image's config and of every layer are verified while unpacking. Nothing can be written outside of
    a layer's folder.
  - Owners, modes, times, extended attributes, file capabilities, hard links and sparse files are kept. Device nodes are
    left out and listed in RV(skipped_entries).
  - Layers that are in the store already are neither unpacked nor read again.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
options:
  src:
    description:
      - Absolute path, on the target, of the image archive or of the folder with an OCI image layout.
      - Needed for O(state=present).
    type: path
  image:
    description:
      - Which image of several in the archive, by one of its names (V(busybox:1.36)) or by the digest of its config or
        manifest, whole or its first characters (at least four).
      - Needed only where the archive holds more than one image.
      - With O(state=absent) and without O(src), the image in the store.
    type: str
  name:
    description:
      - Name that the image gets in the store, such as V(busybox:1.36).
      - If omitted, it is the image's first name in the archive. An image without any is found by its digest alone.
      - An image that had the name before loses it, but stays.
      - With O(state=absent), the image of that name. If it has other names, only this one is taken from it.
    type: str
  platform:
    description:
      - Platform of the image, as V(os/architecture) or V(os/architecture/variant), such as V(linux/arm64).
      - If omitted, an image that the archive has for several platforms is taken for that of the target.
        An image that only its own config says to be for another platform is unpacked with a warning.
    type: str
  max_bytes:
    description:
      - Most bytes that a layer, or a compressed archive, may have once it is decompressed; holes in files count.
      - Bytes, or a number with one of the units V(k), V(M), V(G), V(T), such as V(10G).
    type: str
    default: 256G
  max_entries:
    description:
      - Most files, folders and links that a layer may have.
    type: int
    default: 10000000
  max_path_length:
    description:
      - Most bytes that an entry's path in a layer, or the target of a link, may have. V(4095) is what Linux can take.
    type: int
    default: 4095
  max_ratio:
    description:
      - How many times larger than compressed a layer, or a compressed archive, may become.
        The first 64 MiB of each don't count.
    type: int
    default: 1000
  state:
    description:
      - V(present) makes sure that the image of the archive is in the store, with all its layers and that name.
      - V(absent) removes the image and those of its layers that no other image uses.
        An image on which a root file system stands is not removed.
    type: str
    choices:
      - present
      - absent
    default: present
seealso:
  - module: daemonless.containers.image_pack
  - module: daemonless.containers.overlay_rootfs
"""

EXAMPLES = r"""
- name: Unpack the image that docker save wrote
  daemonless.containers.image_unpack:
    src: /root/busybox.tar
  register: busybox

- name: Show where its layers lie, lowest first
  ansible.builtin.debug:
    var: busybox.image.layers

- name: Unpack one of several images and give it a name of our own
  daemonless.containers.image_unpack:
    src: /root/images.tar.zst
    image: registry.example/team/web:2.1
    name: web

- name: Unpack an image for another processor from an OCI image layout
  daemonless.containers.image_unpack:
    src: /srv/images/web
    platform: linux/arm64

- name: Remove an image
  daemonless.containers.image_unpack:
    name: web
    state: absent
"""

RETURN = r"""
image:
  description: The image as it is in the store. Null for O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: Digest of the image's config. Null in check mode if the archive is not there yet.
      type: str
      sample: sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a
    names:
      description: Names of the image in the store.
      type: list
      elements: str
      sample: ["busybox:latest"]
    layers:
      description: Paths of the folders of its layers, lowest first.
      type: list
      elements: str
    diff_ids:
      description: Digests of its uncompressed layers, lowest first.
      type: list
      elements: str
    config:
      description: The image's config document, whole.
      type: dict
    os:
      description: Operating system that the image is for.
      type: str
      sample: linux
    architecture:
      description: Processor that the image is for.
      type: str
      sample: amd64
skipped_entries:
  description: Entries of layers that were not unpacked, such as device nodes.
  returned: success
  type: list
  elements: dict
  contains:
    layer:
      description: The layer's diff_id.
      type: str
    path:
      description: The entry's path in the layer.
      type: str
    reason:
      description: Why it was left out.
      type: str
ops:
  description: What was done, or in check mode would be, in words.
  returned: always
  type: list
  elements: str
  sample:
    - unpack 1 layer of image sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a from /b.tar
    - record image sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a as busybox:latest
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._image.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._image.room import ROOM


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
