#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module image_pack: documentation and argument spec; the work is in module_utils/_pack."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_pack
short_description: Pack files into a container image archive
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Makes an image of files on the target and writes it as an archive, which M(daemonless.containers.image_unpack),
    C(docker load), C(podman load) and C(skopeo) read. No container engine is needed, and no store.
  - The same input gives the same archive, byte by byte, on every host.
  - An archive that is already what it should be is not written again. A changed one is replaced at once.
extends_documentation_fragment:
  - daemonless.containers.attributes
options:
  dest:
    description:
      - Absolute path, on the target, of the archive. Its folder has to exist. The archive gets mode 0600.
    type: path
    required: true
  root:
    description:
      - Absolute path, on the target, of a folder that becomes the root of the image, with all that is in it.
      - Owners, modes, hard links, file capabilities and C(user.) attributes are kept; links are not followed; sockets
        are left out.
    type: path
  files:
    description:
      - Files, folders and links in the image, instead of O(root) or in addition to it. Where both have the same path,
        it is that of O(files).
      - Folders that a path needs are made with mode 0755.
    type: list
    elements: dict
    suboptions:
      path:
        description: Where it is in the image.
        type: str
        required: true
      type:
        description: What it is.
        type: str
        choices: [file, directory, link]
        default: file
      src:
        description: Absolute path, on the target, of the file whose bytes it has.
        type: path
      content:
        description: Text that it has, instead of O(files[].src).
        type: str
      target:
        description: What a symbolic link leads to. Needed for O(files[].type=link).
        type: str
      mode:
        description:
          - Permissions in octal digits, in quotes, such as V('0755').
          - The default is that of O(files[].src), V('0644') for O(files[].content) and V('0755') for a folder.
        type: raw
      uid:
        description: Number of the user who owns it.
        type: int
        default: 0
      gid:
        description: Number of the group that owns it.
        type: int
        default: 0
  config:
    description: What the image says about how to run it, in the words of its config document.
    type: dict
    suboptions:
      Entrypoint:
        description: Program and first arguments.
        type: list
        elements: str
      Cmd:
        description: Arguments behind O(config.Entrypoint), or program and arguments.
        type: list
        elements: str
      Env:
        description: Environment, as NAME=VALUE.
        type: list
        elements: str
      User:
        description: User, or user and group (V(user:group)), by name or number.
        type: str
      WorkingDir:
        description: Folder to start in.
        type: str
      StopSignal:
        description: Signal that asks the program to end, such as V(SIGTERM).
        type: str
      ExposedPorts:
        description: Ports the program listens at, such as V(80/tcp).
        type: list
        elements: str
      Volumes:
        description: Paths for data that outlives the container.
        type: list
        elements: str
      Labels:
        description: Names and values for anybody's use.
        type: dict
  tag:
    description: The image's name in the archive, such as V(busybox:1.36). Without a tag, V(latest) is added.
    type: str
  format:
    description:
      - V(docker-archive) is what C(docker save) writes since Docker 25, an OCI layout and a C(manifest.json) beside it.
      - V(oci-archive) is the OCI layout alone.
    type: str
    choices:
      - docker-archive
      - oci-archive
    default: docker-archive
  platform:
    description: What the image runs on, such as V(linux/arm64). The default is the target's own.
    type: str
  mtime:
    description: The time that all entries and the image itself have, in seconds since 1970.
    type: int
    default: 0
seealso:
  - module: daemonless.containers.image_unpack
"""

EXAMPLES = r"""
- name: Pack the distribution's static busybox
  daemonless.containers.image_pack:
    dest: /root/busybox.tar
    tag: busybox
    files:
      - path: bin/busybox
        src: /bin/busybox
      - path: bin/sh
        type: link
        target: busybox
      - path: etc/passwd
        content: "root:x:0:0:root:/root:/bin/sh\n"
      - path: tmp
        type: directory
        mode: "1777"
    config:
      Cmd: [/bin/sh]
      Env: [PATH=/bin]

- name: Pack a folder whole, for another processor
  daemonless.containers.image_pack:
    dest: /srv/web.oci.tar
    root: /srv/build/web
    format: oci-archive
    platform: linux/arm64
    tag: registry.example/team/web:2.1
    config:
      Entrypoint: [/usr/bin/web]
      User: "1000"
      ExposedPorts: [8080/tcp]
"""

RETURN = r"""
dest:
  description: Path of the archive.
  returned: success
  type: str
size:
  description: Bytes of the archive. Null in check mode if what is to be packed is not there yet.
  returned: success
  type: int
image:
  description: The image in the archive.
  returned: success
  type: dict
  contains:
    id:
      description: Digest of the image's config. Null in check mode if what is to be packed is not there yet.
      type: str
    names:
      description: The image's names, none or one.
      type: list
      elements: str
    diff_ids:
      description: Digests of its uncompressed layers.
      type: list
      elements: str
    os:
      description: Operating system that the image is for.
      type: str
    architecture:
      description: Processor that the image is for.
      type: str
ops:
  description: What was done, or in check mode would be, in words.
  returned: always
  type: list
  elements: str
  sample:
    - write /root/busybox.tar with image sha256:75ae28b8ebf89b203319069ddcbecdf5 (busybox:latest) as docker-archive
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._pack.room import ROOM

_TEXTS = {"type": "list", "elements": "str"}

ARGUMENT_SPEC = {
    "dest": {"type": "path", "required": True},
    "root": {"type": "path"},
    "files": {
        "type": "list",
        "elements": "dict",
        "options": {
            "path": {"type": "str", "required": True},
            "type": {"type": "str", "choices": ["file", "directory", "link"], "default": "file"},
            "src": {"type": "path"},
            "content": {"type": "str"},
            "target": {"type": "str"},
            "mode": {"type": "raw"},
            "uid": {"type": "int", "default": 0},
            "gid": {"type": "int", "default": 0},
        },
    },
    "config": {
        "type": "dict",
        "options": {
            "Entrypoint": _TEXTS,
            "Cmd": _TEXTS,
            "Env": _TEXTS,
            "User": {"type": "str"},
            "WorkingDir": {"type": "str"},
            "StopSignal": {"type": "str"},
            "ExposedPorts": _TEXTS,
            "Volumes": _TEXTS,
            "Labels": {"type": "dict"},
        },
    },
    "tag": {"type": "str"},
    "format": {"type": "str", "choices": ["docker-archive", "oci-archive"], "default": "docker-archive"},
    "platform": {"type": "str"},
    "mtime": {"type": "int", "default": 0},
}


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
