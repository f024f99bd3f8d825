#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module image_fetch: documentation and options; the work is in module_utils/_fetch."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_fetch
short_description: Fetch container images from registries and engines
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Fetches an image from a registry, from a Docker daemon or from the storage of Podman, Buildah and CRI-O, and unpacks
    it into the store. M(daemonless.containers.overlay_rootfs) finds it there by its name.
  - What fetches is the program C(skopeo) on the target, which the role P(daemonless.containers.host#role) installs with
    O(daemonless.containers.host#role:main:host_skopeo=true). Its configuration counts, that of mirrors in
    C(registries.conf) too.
  - Layers that are in the store already, by whatever way they came, are not fetched.
  - An image that is in the store as the source has it is left alone. Which it is tells the source's manifest, of which
    nothing but the manifest is fetched to see that.
  - The image is checked as M(daemonless.containers.image_unpack) does it. While it is fetched its layers lie as they
    are in the folder C(fetching) of the store, which is gone when the task ends, failed or not.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
attributes:
  check_mode:
    details:
      - The source is asked in check mode too.
options:
  source:
    description:
      - Where the image is, as C(skopeo) names it.
      - V(docker://registry.example/team/web:2.1), of a registry. V(docker://registry.example/team/web@sha256:…) is that
        very image for all times; once it is in the store, nobody is asked any more.
      - V(docker-daemon:busybox:latest), of the Docker daemon on the target. To tell which image it is, Docker has to
        write it out, which takes its time.
      - V(containers-storage:localhost/web:2.1), of Podman's storage on the target, or
        V(containers-storage:[overlay@/srv/storage+/run/storage]localhost/web:2.1) of another.
      - Without tag or digest it is the tag V(latest).
    type: str
    required: true
  name:
    description:
      - Name that the image gets in the store, such as V(web:2.1).
      - If omitted, it is the name in O(source), whereof C(docker.io/library/) is left out. An image that is named by a
        digest alone gets no name and is found by its id.
      - An image that had the name before loses it, but stays.
    type: str
  platform:
    description:
      - Platform of the image, as V(os/architecture) or V(os/architecture/variant), such as V(linux/arm64).
      - If omitted, of an image for several platforms the one for the target is taken.
        An image that only its own config says to be for another platform is fetched with a warning.
    type: str
  pull:
    description:
      - When to ask the source for the image.
      - V(always) asks it each time, and fetches the image if it is another one than that in the store.
      - V(newer) does the same, but where that fails and the store has an image of that name, this stays, with a
        warning.
      - V(missing) asks only if the store has no image of that name.
    type: str
    choices:
      - always
      - newer
      - missing
    default: always
  username:
    description:
      - Name to log in to the registry with. Needs O(password).
    type: str
  password:
    description:
      - Password or token that goes with O(username).
      - It is on no command line and on no disk of the target.
    type: str
  authfile:
    description:
      - Absolute path, on the target, of a file with credentials, as C(podman login) and C(docker login) write it.
      - If omitted, C(skopeo) looks for those of the user who runs the task; see containers-auth.json(5).
    type: path
  tls_verify:
    description:
      - With V(false), the registry's certificate is not verified, and it may speak plain HTTP.
    type: bool
    default: true
  cert_dir:
    description:
      - Absolute path, on the target, of a folder with certificates for the registry, C(*.crt) of its authority,
        C(*.cert) and C(*.key) of a client. If omitted, C(/etc/containers/certs.d) counts.
    type: path
  docker_host:
    description:
      - Where the Docker daemon listens, such as V(unix:///run/docker.sock), for V(docker-daemon:) in O(source).
    type: str
  policy:
    description:
      - Absolute path, on the target, of the file that says which images may be fetched and how they have to be signed.
        If omitted, C(/etc/containers/policy.json) counts.
    type: path
  timeout:
    description:
      - Seconds that fetching the layers may take, and each question to the source.
    type: int
    default: 1800
  retries:
    description:
      - How many times C(skopeo) tries again when a registry doesn't answer.
    type: int
    default: 3
seealso:
  - module: daemonless.containers.image_unpack
  - module: daemonless.containers.image_prune
  - module: daemonless.containers.overlay_rootfs
"""

EXAMPLES = r"""
- name: Fetch an image from a registry
  daemonless.containers.image_fetch:
    source: docker://docker.io/library/busybox:1.36

- name: Mount it
  daemonless.containers.overlay_rootfs:
    name: web
    image: busybox:1.36

- name: Fetch the very image that was tested, with a password, and give it a name of our own
  daemonless.containers.image_fetch:
    source: docker://registry.example/team/web@sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a
    name: web
    username: deploy
    password: "{{ registry_password }}"

- name: Fetch an image from a registry with a certificate of our own authority
  daemonless.containers.image_fetch:
    source: docker://registry.example:5000/team/web:2.1
    cert_dir: /etc/pki/registry.example
    pull: newer

- name: Take over an image of the Docker daemon
  daemonless.containers.image_fetch:
    source: docker-daemon:busybox:latest

- name: Take over an image that Podman built
  daemonless.containers.image_fetch:
    source: containers-storage:localhost/web:2.1
"""

RETURN = r"""
image:
  description: The image as it is in the store.
  returned: success
  type: dict
  contains:
    id:
      description: Digest of the image's config. Null in check mode if C(skopeo) is not there yet to tell it.
      type: str
      sample: sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a
    names:
      description: Names of the image in the store.
      type: list
      elements: str
      sample: ["busybox:1.36"]
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
digest:
  description:
    - Digest of the image's manifest at the source, for a source that never changes any more.
    - Null where the source was not asked and the image did not come from a registry.
  returned: success
  type: str
  sample: sha256:3fbc632167424a6d997e74f52b878d7cc478225cffac6bc977eedfe51c7f4e79
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
    - >-
      fetch 1 layer of image sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a
      from docker://docker.io/library/busybox:1.36
    - record image sha256:75ae28b8ebf89b203319069ddcbecdf5c3838503bbebc0d0d85e4b8589c5de3a as busybox:1.36
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.room import ROOM


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
