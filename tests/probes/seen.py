# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes of what a container sees of the host, and of what it may do: all told by one program inside."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List

from lab import Lab, Outcome, Probe, listed, source
from runtimes import PYTHON, How, told

DOCKERS_CAPABILITIES = 0xA80425FB
HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SPECIFIED = {
    *("fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom"),
    "zero",
}
ALSO_USUAL = {"core", "console"}


def descriptors(lab: Lab) -> Outcome:
    return Outcome(lab.facts["fds"] == ["0", "1", "2"], listed(lab.facts["fds"]))


def mounts(lab: Lab) -> Outcome:
    places = [place for place, _options, _kind in lab.facts["mounts"]]
    usual = ("/proc", "/sys", "/dev", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/usr", "/run/.containerenv")
    foreign = [place for place in places if place != "/" and not place.startswith(usual)]
    left = [name for name in lab.facts["top"] if "pivot" in name or "old" in name]
    return Outcome(not foreign and not left, listed(foreign + left, "no mount of the host, no old root"))


def second_root(lab: Lab) -> Outcome:
    return Outcome(not lab.facts["escape"], "another root" if lab.facts["escape"] else "the same root")


def mounting(lab: Lab) -> Outcome:
    return Outcome(lab.facts["mount"] in ("EPERM", "EACCES"), str(lab.facts["mount"]))


def hidden(lab: Lab) -> Outcome:
    return Outcome(not lab.facts["seen"], listed(lab.facts["seen"], "nothing"))


def host_settings(lab: Lab) -> Outcome:
    return Outcome(not lab.facts["written"], listed(lab.facts["written"], "none can be opened for writing"))


def of_mount(lab: Lab, place: str) -> List[str]:
    found: List[str] = next((options.split(",") for at, options, _kind in lab.facts["mounts"] if at == place), [])
    return found


def proc_and_sys(lab: Lab) -> Outcome:
    proc, sys = of_mount(lab, "/proc"), of_mount(lab, "/sys")
    good = {"nosuid", "nodev", "noexec"} <= set(proc) and "ro" in sys
    return Outcome(
        good, f"proc {listed(sorted({'nosuid', 'nodev', 'noexec'} & set(proc)))}; sys {sys[0] if sys else 'none'}"
    )


def user_namespace(lab: Lab) -> Outcome:
    return Outcome(lab.facts["unshare"] in ("EPERM", "ENOSPC"), str(lab.facts["unshare"]))


def capabilities(lab: Lab) -> Outcome:
    bound, inherited, ambient = (int(lab.facts["status"][name], 16) for name in ("CapBnd", "CapInh", "CapAmb"))
    good = bound & ~DOCKERS_CAPABILITIES == 0 and inherited == ambient == 0
    real = "" if lab.facts["uid_map"][1] == "0" else ", of its user namespace only"
    return Outcome(
        good, f"{bin(bound).count('1')} bounding, {(inherited + ambient and 'some') or 'none'} inherited{real}"
    )


def no_new_privileges(lab: Lab) -> Outcome:
    return Outcome(lab.facts["status"]["NoNewPrivs"] == "1", f"NoNewPrivs {lab.facts['status']['NoNewPrivs']}")


def filtered(lab: Lab) -> Outcome:
    mode, keyctl, bpf = lab.facts["status"]["Seccomp"], lab.facts["keyctl"], lab.facts["bpf"]
    return Outcome((mode, keyctl, bpf) == ("2", "EPERM", "EPERM"), f"mode {mode}, keyctl {keyctl}, bpf {bpf}")


def keyring(lab: Lab) -> Outcome:
    """Asked with no filter, which would keep it from asking."""
    runs = [told(lab.engine.run([*PYTHON, source()], How(unconfined=True)))["keyring"] for _time in range(2)]
    good = len(set(runs)) == 2 and all(int(serial) > 0 for serial in runs)
    return Outcome(good, "one of its own" if good else "shared")


def ids_on_host(lab: Lab) -> Outcome:
    _inside, outside, length = (int(field) for field in lab.facts["uid_map"][:3])
    good = outside != 0
    return Outcome(good, f"root is {outside} of the host" + (f", {length} ids" if good else ""))


def devices(lab: Lab) -> Outcome:
    more = sorted(set(lab.facts["dev"]) - SPECIFIED - ALSO_USUAL)
    good = not more and SPECIFIED - {"mqueue"} <= set(lab.facts["dev"]) and lab.facts["mknod"] != "done"
    return Outcome(good, f"{listed(more, 'the list')}; a node of a disk: {lab.facts['mknod']}")


def session(lab: Lab) -> Outcome:
    sid, terminals, device = lab.facts["session"]
    good = sid == 1 and terminals == ["ptmx"] and device != os.stat("/dev/pts").st_dev
    return Outcome(good, f"session {sid}, {'terminals of its own' if terminals == ['ptmx'] else listed(terminals)}")


def cgroup(lab: Lab) -> Outcome:
    unified = [line for line in lab.facts["cgroup"] if line.startswith("0::")]
    options = of_mount(lab, "/sys/fs/cgroup")
    good = unified == ["0::/"] and (not options or "ro" in options)
    return Outcome(good, f"{listed(unified)}, {options[0] if options else 'not mounted'}")


def namespaces(lab: Lab) -> Outcome:
    shared = [name for name, link in lab.facts["namespaces"].items() if link == os.readlink(f"/proc/self/ns/{name}")]
    return Outcome(not shared, f"shares {listed(shared)}" if shared else "all seven its own")


def abstract_sockets(lab: Lab) -> Outcome:
    seen = [line.split()[-1] for line in lab.facts["unix"].splitlines() if "@" in line]
    return Outcome(not seen, listed(seen, "unseen"))


def environment(lab: Lab) -> Outcome:
    names = set(lab.facts["environ"]) - {"PATH", "HOME", "HOSTNAME", "TERM", "GIVEN", "LC_CTYPE", "container"}
    return Outcome(not names, listed(sorted(names), "only what was given"))


def limits(lab: Lab) -> Outcome:
    asked = told(lab.engine.run([*PYTHON, source()], How(nofile=77, oom=500)))
    found: Dict[str, Any] = {name: asked[name] for name in ("umask", "nofile", "oom")}
    return Outcome(found == {"umask": "0022", "nofile": [77, 77], "oom": "500"}, json.dumps(list(found.values())))


def host_name(lab: Lab) -> Outcome:
    return Outcome(lab.facts["sethostname"] == "EPERM", f"{lab.facts['sethostname']}, host as it was")


def home_and_path(lab: Lab) -> Outcome:
    home, path = (lab.facts["environ"].get(name) for name in ("HOME", "PATH"))
    return Outcome(
        home == "/root" and path == HOST_PATH, f"HOME={home}" + ("" if path == HOST_PATH else f", PATH={path}")
    )


PROBES = [
    Probe(1, "Descriptors that a process has", descriptors),
    Probe(5, "Mounts and folders of the host that are seen", mounts),
    Probe(6, "Where chroot and .. lead", second_root),
    Probe(7, "mount, as root with the default capabilities", mounting),
    Probe(12, "Of kcore, keys, timers, interrupts, firmware, powercap is read", hidden),
    Probe(14, "core_pattern, sysrq-trigger, uevent_helper", host_settings),
    Probe(15, "How /proc and /sys are mounted", proc_and_sys),
    Probe(16, "A new user namespace", user_namespace),
    Probe(17, "Capabilities", capabilities),
    Probe(18, "No new privileges", no_new_privileges),
    Probe(19, "Filter of system calls", filtered),
    Probe(20, "Session keyring", keyring),
    Probe(21, "Who root is", ids_on_host),
    Probe(24, "What is in /dev", devices),
    Probe(25, "Session and terminals", session),
    Probe(26, "Control group", cgroup),
    Probe(27, "Namespaces", namespaces),
    Probe(28, "Abstract sockets of the host", abstract_sockets),
    Probe(29, "Environment of whoever started it", environment),
    Probe(30, "umask, limit of files and oom_score_adj, asked for as 77 and 500", limits),
    Probe(38, "sethostname", host_name),
    Probe(39, "HOME and PATH by default", home_and_path),
]
