#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module nat_rule: documentation and options; what it does is in ``module_utils/_nat``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: nat_rule
short_description: Let a container reach the network, and be reached at published ports
version_added: "0.1.0"
description:
  - Masquerades what a container sends out, accepts the packets that are forwarded for it, publishes its ports on the
    host, and turns forwarding on.
  - Every rule carries its owner's name in a comment (C(daemonless:NAME)). All rules of one owner are replaced at once;
    rules of other owners and of other programs are never touched.
  - With nftables the rules are in a table of our own, C(inet daemonless), which is changed in one transaction and goes
    with its last rule. With iptables they are at the head of the legacy tables' chains.
  - Where another forward chain of this host drops packets (the policy that Docker sets, a firewall), the accepts are
    put at its head as well, because no other chain's accept lets a packet pass it. With Docker's iptables rules that is
    the chain C(DOCKER-USER), as long as packets come through it.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
options:
  name:
    description:
      - Whose rules these are, usually the container's name.
      - Without it the name is made of the first O(source).
    type: str
  source:
    description:
      - The network that the container is in, one for each of IPv4 and IPv6, such as V(100.100.1.0/24).
      - Without it the network of O(address), if that is given with its prefix length.
      - Packets within this network and to multicast addresses are not masqueraded.
    type: list
    elements: str
  address:
    description:
      - The container's own address, at most one for each of IPv4 and IPv6; needed for O(published_ports).
      - A prefix length is allowed.
    type: list
    elements: str
  in_interface:
    description:
      - The interface of the host that the container's packets come in by. That is the host end of its veth pair, or
        the bridge.
      - With O(published_ports) the default is the interface that the route to O(address) leads to; else any.
    type: str
  out_interface:
    description:
      - The interface that leads to the network outside. The default is that of the default route.
    type: str
  published_ports:
    description:
      - Ports of the host that lead to the container, written C([ip:]host:container[/protocol]), where host and
        container are a port or a range of ports of equal length and the protocol is C(tcp), C(udp) or C(sctp).
      - Without an ip they are published at all addresses of the host, in each family that O(address) has. An
        IPv6 address is written in brackets.
      - The host itself and the container reach them too. Ports published at V(127.0.0.1) can't be reached from outside.
      - There is no translation between IPv4 and IPv6. Nothing can be published at V([::1]), since the kernel takes no
        answers for it from a link; the programs of the host use V(127.0.0.1).
      - Quote them, YAML reads some such words as numbers.
    type: list
    elements: str
  masquerade:
    description:
      - Whether packets that leave by O(out_interface) get the host's address. Turn it off where the network outside has
        a route to O(source).
    type: bool
    default: true
  direct_access:
    description:
      - Whether others than the host may open connections to the container's own address, to any of its ports.
      - The default is the opposite of O(masquerade), so that a masqueraded container is reached at published ports
        only.
    type: bool
  routed_networks:
    description:
      - Networks that O(source) and they reach one another in under their own addresses, such as the containers of other
        hosts (see M(daemonless.containers.host_interconnect)) or a VPN.
      - What goes there is not masqueraded, and what comes from there is let in to every port of the container.
      - Containers that share one O(source) share the answer, so give all of them the same.
    type: list
    elements: str
  backend:
    description:
      - What to make the rules with.
      - V(nftables) needs the Python bindings of libnftables.
      - V(iptables) is for hosts with the legacy kind of iptables, and needs python-iptables.
      - V(auto) is V(iptables) where the host's C(iptables) command is the legacy kind and its tables are in use or
        nothing uses nftables, else V(nftables). Rules that are in the other back end already are moved.
    type: str
    choices: [auto, nftables, iptables]
    default: auto
  state:
    description:
      - V(present) makes the rules what the options say.
      - V(absent) removes all rules of O(name), wherever they are. Interfaces and the container may be gone already.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Forwarding is turned on live and in C(/etc/sysctl.d/99-zz-daemonless.conf). The file is removed with the last rule;
    the live setting is left on, since others may need it by then.
  - For IPv6, C(accept_ra) of the interface outside becomes 2 where it is 1; the kernel would drop its default route.
  - A port published at 127.0.0.1 (or at all addresses) sets C(route_localnet) on O(in_interface), and a rule that
    drops packets to 127.0.0.0/8 from any interface but C(lo) comes with it. With the last such rule the setting becomes
    0 again, whoever the interface belongs to, since without that drop it would open the host's own services.
  - A reload of a firewall may flush rules that it did not make; the next run puts them back.
requirements:
  - python3-nftables (libnftables 1.0.2 or newer), or python-iptables on hosts with legacy iptables
seealso:
  - module: daemonless.containers.veth_pair
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Let the container reach the network
  daemonless.containers.nat_rule:
    name: web
    source: 100.100.1.0/24
    in_interface: veth-web

- name: Publish a web server, and a name server on one address only
  daemonless.containers.nat_rule:
    name: web
    source: 100.100.1.0/24
    address: 100.100.1.2
    in_interface: veth-web
    out_interface: eth0
    published_ports:
      - "8080:80"
      - "203.0.113.1:53:53/udp"
      - "127.0.0.1:9000-9009:9000-9009"

- name: IPv4 and IPv6
  daemonless.containers.nat_rule:
    name: web
    source: [100.100.1.0/24, "2001:db8:1::/64"]
    address: [100.100.1.2, "2001:db8:1::2"]
    in_interface: veth-web
    published_ports: ["8080:80"]

- name: Take the rules down, whatever is left of the container
  daemonless.containers.nat_rule:
    name: web
    state: absent
"""

RETURN = r"""
ops:
  description: What was done, or would be done in check mode.
  returned: always
  type: list
  elements: str
  sample: ["set net/ipv4/ip_forward to 1"]
nat:
  description: The rules of O(name) as found afterwards.
  returned: success
  type: dict
  contains:
    backend:
      description: V(nftables) or V(iptables).
      type: str
      returned: success
      sample: nftables
    rules:
      description: Each rule with the place it stands in, its chain and what it matches.
      type: list
      elements: dict
      returned: success
      sample:
        - place: nftables table inet daemonless
          chain: postrouting
          family: 4
          action: masquerade
          source: 100.100.1.0/24
          destination: "!100.100.1.0/24"
          out_interface: eth0
          unicast: true
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._nat.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._nat.room import ROOM


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
