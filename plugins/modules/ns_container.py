#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module ns_container: documentation and options; the work is in module_utils/_container."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ns_container
short_description: Run a process as a container, in namespaces of its own, with no daemon
version_added: "0.1.0"
description:
  - Starts a command in new mount, UTS, IPC, PID, network, user and cgroup namespaces, on a mounted rootfs.
  - The module returns as soon as the command is executed. The container's first process is a child of the host's first
    process then; nothing of this collection stays behind to watch it.
  - A container that is running already is started anew only where an option that needs it has changed. Then C(ops) and
    C(--diff) say which. Host name, name servers and C(/etc/hosts) are changed while it runs.
  - By default it is confined as Docker does it, with the same 14 capabilities, C(no_new_privs), the same filter of
    system calls, hidden and read-only parts of C(/proc) and C(/sys), a C(/dev) with no device of the host's hardware,
    and nothing inherited from the module but what the options give. It can't make user namespaces of its own, unless it
    has the capability C(SYS_ADMIN).
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
options:
  name:
    description:
      - The container's name.
    type: str
    required: true
  rootfs:
    description:
      - Name of the rootfs that becomes the container's root. Module M(daemonless.containers.overlay_rootfs) mounts it.
      - The default is the rootfs with the container's O(name).
    type: str
  command:
    description:
      - The command, instead of the image's C(Cmd). A list of arguments, or a string that is split as a shell would.
      - Without a slash in it, the program is looked for in the C(PATH) of the container.
    type: raw
  entrypoint:
    description:
      - What is put before O(command), instead of the image's C(Entrypoint). The image's C(Cmd) is void then.
    type: raw
  env:
    description:
      - Environment variables, besides those of the image. The values are strings, so quote what YAML reads otherwise.
      - The values are never shown in results; they are kept in the store in a file that only root can read.
    type: dict
  user:
    description:
      - Whom the command runs as, C(user[:group]), each a name of the rootfs or a number. The default is the image's, or
        root.
      - It is in its groups of the rootfs's C(/etc/group) too, as far as the rootfs maps them, unless a group is given.
    type: str
  working_dir:
    description:
      - Folder that the command begins in, made if missing. The default is the image's, or V(/).
    type: str
  hostname:
    description:
      - The container's host name. The default is its O(name).
    type: str
  namespaces:
    description:
      - The kinds of namespaces that the container has of its own. It shares the others with the host.
      - The default is all kinds, without V(user) where the rootfs has no range of ids of its own, and without V(cgroup)
        where the kernel has no cgroup v2.
      - V(mount) and V(pid) can't be left out; V(user) must be there exactly when the rootfs has a range of ids.
    type: list
    elements: str
    choices: [mount, uts, ipc, pid, network, user, cgroup]
  dns_servers:
    description:
      - Name servers in the container's C(/etc/resolv.conf).
      - Without them that file is the host's, leaving out servers that only the host itself can reach.
    type: list
    elements: str
  dns_search:
    description:
      - Domains that unqualified names are looked up in.
    type: list
    elements: str
  dns_options:
    description:
      - Options of the resolver, such as V(ndots:2).
    type: list
    elements: str
    aliases: [dns_opts]
  etc_hosts:
    description:
      - More lines of C(/etc/hosts), written as host name and IP address.
    type: dict
  volumes:
    description:
      - Paths of the host in the container, written C(source:target[:options]). The source must exist.
      - Options, with commas between, are C(ro), C(noexec), C(dev) and C(suid) (both are off by default), C(bind) to
        leave out what is mounted below the source, and C(noidmap).
      - In a container with a user namespace a file that belongs to user 0 on disk belongs to user 0 of the container.
        Where the file system can't do that (see id-mapped mounts) the task fails, unless C(noidmap) is among the
        options.
    type: list
    elements: str
  tmpfs:
    description:
      - File systems in memory, written C(target[:options]), with options such as C(size=64m), C(mode=1777) and C(exec).
        The default is C(nosuid,nodev,noexec).
    type: list
    elements: str
  read_only:
    description:
      - Whether the container's root is read-only. Volumes and tmpfs aren't concerned.
    type: bool
    default: false
  capabilities:
    description:
      - Capabilities besides the default ones, with or without C(CAP_); V(ALL) for all there are.
      - The default ones are C(AUDIT_WRITE), C(CHOWN), C(DAC_OVERRIDE), C(FOWNER), C(FSETID), C(KILL), C(MKNOD),
        C(NET_BIND_SERVICE), C(NET_RAW), C(SETFCAP), C(SETGID), C(SETPCAP), C(SETUID) and C(SYS_CHROOT).
    type: list
    elements: str
    aliases: [cap_add]
  cap_drop:
    description:
      - Capabilities that the container doesn't get. With V(ALL) it has just those of O(capabilities).
    type: list
    elements: str
  seccomp:
    description:
      - Which system calls the container may make.
      - V(default) has the effect of the profile that Docker applies by default, which depends on O(capabilities).
      - V(unconfined) filters none.
      - Anything else is the path, on the target, of a profile in Docker's JSON format. C(SCMP_ACT_NOTIFY), C(flags) and
        C(listenerPath) aren't supported. The profile is kept with the container, so it is read when this module runs
        and not when a unit starts the container.
      - All but V(unconfined) need libseccomp's Python binding on the target (C(python3-seccomp)), which role
        P(daemonless.containers.host#role) installs. Where it is missing a start is an error.
    type: str
    default: default
  devices:
    description:
      - Devices of the host in the container, written C(source[:target[:access]]), or as dictionaries with the keys
        C(path_on_host), C(path_in_container) and C(cgroup_permissions). The target is below C(/dev) and by default the
        source; the access is C(r), C(w) or C(rw), which is the default. No other device of the host can be used.
      - Each is a node of its own. In a container with a user namespace everybody in it may open the node as its access
        says, and nobody, root included, in another way; the host's mode of the device doesn't count. Without one the
        node has the host's mode and owner, and an access less than C(rw) is an error, as it wouldn't bind root.
      - C(rwm) is taken for C(rw). The C(m) has no effect, since nodes that a container makes can't be used anyway.
    type: list
    elements: raw
  apparmor_profile:
    description:
      - AppArmor profile that the container's processes run under. It has to be loaded; the collection brings none.
        Where the host has no AppArmor this is an error. By default they run under that of the module, mostly none.
    type: str
  selinux_label:
    description:
      - SELinux label that the container's processes run with, such as V(system_u:system_r:container_t:s0:c1,c2). Where
        the host has no SELinux this is an error. The labels of files stay as the store has them.
    type: str
  ulimits:
    description:
      - Resource limits, written C(name:soft[:hard]) with names such as C(nofile) and C(core), and V(-1) for no limit.
    type: list
    elements: str
  sysctls:
    description:
      - Kernel settings of the container's own network, IPC and UTS namespaces, as C(net.ipv4.ip_forward) or
        C(kernel.domainname).
    type: dict
  init:
    description:
      - Whether a minimal init runs before the command, which reaps orphaned processes and passes signals on.
      - It is the module's own Python that goes on running, so it costs some 15 MiB of memory. Use it for commands that
        leave orphans behind; others don't need it.
    type: bool
    default: false
  interactive:
    description:
      - Whether the standard input stays open, with nobody at its other end, instead of being C(/dev/null). A shell that
        is the command goes on waiting then, where it would end at once.
      - On the host, what is written to C(/proc/PID/fd/0) is its input.
    type: bool
    default: false
    aliases: [stdin_open]
  oom_score_adj:
    description:
      - How much rather than others the container is killed when memory runs out, from V(-1000) to V(1000).
    type: int
  memory:
    description:
      - How much memory the container may use at most, in bytes or as V(64m), with the letters b, k, m, g and t for
        powers of 1024; from V(6m) on. It is rounded down to a multiple of 64 KiB. V(0) is no limit.
      - When there is no more the kernel kills a process of the container, mostly its largest.
      - A container with any of O(memory), O(cpus) and O(pids_limit) runs in a unit of systemd, as with
        O(restart_policy), whose properties C(MemoryMax), C(MemorySwapMax), C(CPUQuota) and C(TasksMax) they are. So
        they need systemd, and the kernel's cgroup v2; on other hosts they are an error.
      - They are changed while the container runs. The kernel kills processes of one that uses more memory than it may
        have by then.
    type: str
  memory_swap:
    description:
      - How much of memory and swap together it may use at most, written as O(memory); V(-1) is no limit. It needs
        O(memory), and the default is twice that.
    type: str
  cpus:
    description:
      - How many processors the container may keep busy at most; V(0.5) is half of the time of one. At least V(0.01),
        and V(0) is no limit.
    type: float
  pids_limit:
    description:
      - How many processes and threads the container may have at most; V(0) and V(-1) are no limit.
    type: int
  healthcheck:
    description:
      - How to ask the container whether it does its work. The default is what the image says; each part that is given
        takes the place of the image's.
      - Nobody of this collection is there between tasks, so nobody asks then. O(state=healthy) asks.
      - A running container is given another one without a restart.
    type: dict
    suboptions:
      test:
        description:
          - Command that is executed in the container; exit code 0 means healthy.
          - A text is a line for C(/bin/sh). A list begins with V(CMD), followed by program and arguments, or with
            V(CMD-SHELL), followed by such a line; C([NONE]), or V(NONE), is no health check, whatever the image says.
        type: raw
      interval:
        description:
          - How long to wait after a try that failed, such as V(30s), V(1m30s) or V(500ms). The default is V(5s).
        type: str
      timeout:
        description:
          - How long a try may take; then it has failed, and its command is killed. The default is V(30s).
        type: str
      start_period:
        description:
          - For how long after the container's start a try that failed isn't counted. The default is V(0s).
        type: str
      start_interval:
        description:
          - How long to wait after such a try, instead of O(healthcheck.interval). The default is V(5s), or
            O(healthcheck.interval) where that is shorter.
        type: str
      retries:
        description:
          - How many tries one after the other have to fail for the container to be unhealthy. The default is 3.
        type: int
  healthy_wait_timeout:
    description:
      - How many seconds O(state=healthy) waits at most.
    type: float
    default: 300.0
  stop_signal:
    description:
      - Signal that asks the container to end, by name or number. The default is the image's, or V(TERM).
      - The kernel doesn't pass a signal to a container's first process that has no handler for it. Such a container is
        killed after O(stop_timeout).
    type: str
  stop_timeout:
    description:
      - Seconds that the container has to end before it is killed. The default is 10.
      - When it is stopped or removed, the default of this and of O(stop_signal) is what it was started with.
    type: int
  restart_policy:
    description:
      - When the container is started again with no task that does so. One with another policy than V(no) is the main
        process of a systemd unit, C(daemonless-NAME.service).
      - The unit mounts its root file system, and makes what M(daemonless.containers.veth_pair) and
        M(daemonless.containers.nat_rule) have made for it, before the command is executed. It needs what
        M(daemonless.containers.runtime) puts on the target.
      - V(always), whenever it ends, and at boot, even if it was stopped before.
      - V(unless-stopped), like that, but not at boot after O(state=stopped).
      - V(on-failure), when it ends with another exit code than 0; not at boot. V(on-failure:3) at most three times,
        until a task starts it anew.
      - A container that runs already is given another policy without a restart; only one without a unit is restarted to
        get one.
    type: str
    default: "no"
  log_driver:
    description:
      - Where the standard output and error go, to a V(file) in the store, or to the journal of the container's unit.
      - With V(journald), a command can't open C(/dev/stdout) anew, as some images do.
    type: str
    choices: [file, journald]
    default: file
  restart:
    description:
      - Whether to start the container anew even if nothing has changed. This is always a change.
    type: bool
    default: false
  recreate:
    description:
      - Like O(restart), with an empty log. The rootfs stays as it is; option
        O(daemonless.containers.overlay_rootfs#module:reset) throws away what was written to it.
    type: bool
    default: false
  state:
    description:
      - V(started), the container runs with these options.
      - V(healthy), like that, and its O(healthcheck) succeeds. The task waits for that. It fails where the container
        ends, is unhealthy or isn't healthy in time, and leaves it running. Having waited is no change, and in check
        mode nobody asks.
      - V(stopped), it doesn't run. One that was never made isn't made by this, and other options aren't applied.
      - V(absent), it doesn't run, and its record and log are removed. The rootfs stays.
    type: str
    choices: [started, healthy, stopped, absent]
    default: started
notes:
  - The exit code is known where the kernel has BSD process accounting (C(CONFIG_BSD_PROCESS_ACCT), as the kernels of
    the distributions have). It writes 64 bytes to the store for each process of a container that ends; what is old is
    discarded when the module next runs. Where the store's file system is nearly full the kernel writes none.
  - What the command writes to its standard streams is appended to a log file in the store. No process stands between,
    so a command that opens C(/dev/stdout) anew can also truncate its log; C(>> /dev/stdout) doesn't.
seealso:
  - module: daemonless.containers.overlay_rootfs
  - module: daemonless.containers.veth_pair
  - module: daemonless.containers.nat_rule
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Run what the image says
  daemonless.containers.ns_container:
    name: web
    dns_servers: [9.9.9.9]

- name: Run a command as another user, with a volume and a memory file system
  daemonless.containers.ns_container:
    name: worker
    rootfs: worker
    command: [/usr/bin/worker, --verbose]
    user: worker:worker
    env:
      LEVEL: "3"
    volumes:
      - /srv/jobs:/jobs
      - /etc/ssl/certs:/etc/ssl/certs:ro
    tmpfs:
      - /tmp:size=64m,mode=1777
    read_only: true
    cap_drop: [ALL]
    seccomp: /etc/containers/worker.json

- name: Run a web server, and go on when it answers
  daemonless.containers.ns_container:
    name: web
    healthcheck:
      test: wget -q -O /dev/null http://localhost/
      interval: 1s
      start_period: 30s
    healthy_wait_timeout: 60
    state: healthy

- name: Stop it, with more patience
  daemonless.containers.ns_container:
    name: worker
    stop_timeout: 60
    state: stopped

- name: Remove it
  daemonless.containers.ns_container:
    name: worker
    state: absent
"""

RETURN = r"""
ops:
  description: What was done, or in check mode would be done, in words and in order.
  returned: always
  type: list
  elements: str
  sample: ["restart container web: env LEVEL changed (value hidden)"]
container:
  description: The container as it is.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: success
    status:
      description:
        - V(running), V(stopped), V(restarting) where its unit is about to start it again, or V(absent) where there is
          none.
        - A command that ends at once may be found V(stopped) already by the task that started it.
      type: str
      returned: success
    pid:
      description: Its first process, as the host counts; null unless it runs.
      type: int
      returned: success
    exit_code:
      description:
        - How it ended, 128 and the signal's number where a signal ended it.
        - Null while it runs, and where it isn't known.
      type: int
      returned: success
    hostname:
      description: Its host name as it is now.
      type: str
      returned: success
    rootfs:
      description: The folder on the host that its root is mounted at.
      type: str
      returned: success
    namespaces:
      description: Kind and path of the namespaces it doesn't share with the host, while it runs.
      type: dict
      returned: success
    limits:
      description:
        - What the kernel lets it use at most while it runs, each null for no limit.
        - The limits of a container that has no unit are those of what started it, and aren't told.
      type: dict
      returned: success
      contains:
        memory:
          description: Bytes of memory.
          type: int
          returned: success
        memory_swap:
          description: Bytes of memory and swap together.
          type: int
          returned: success
        cpus:
          description: Number of processors.
          type: float
          returned: success
        pids_limit:
          description: Number of processes and threads.
          type: int
          returned: success
    restart_policy:
      description: When it is started again by itself.
      type: str
      returned: success
    unit:
      description: Its systemd unit; null where it has none.
      type: str
      returned: success
    log:
      description: File with what it wrote to its standard output and error; null where that goes to the journal.
      type: str
      returned: success
  sample:
    name: web
    status: running
    pid: 4711
    exit_code: null
    hostname: web
    rootfs: /var/lib/daemonless/containers/web/merged
    namespaces:
      network: /proc/4711/ns/net
      pid: /proc/4711/ns/pid
    limits:
      memory: 67108864
      memory_swap: 134217728
      cpus: 0.5
      pids_limit: 100
    restart_policy: "no"
    unit: null
    log: /var/lib/daemonless/containers/web/log
"""

from ansible_collections.daemonless.containers.plugins.module_utils._container.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._container.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
