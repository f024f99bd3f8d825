#!/bin/sh
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# 198.51.100.0/24 lies between this host (.2) and the internet (.1); 203.0.113.0/24 lies behind it.
set -eu
ip netns list | grep -qw internet && exit 0
ip netns add internet
ip link add outer type veth peer name outer0 netns internet
ip address add 198.51.100.2/24 dev outer
ip link set outer up
ip -n internet address add 198.51.100.1/24 dev outer0
ip -n internet link add far type dummy
ip -n internet address add 203.0.113.80/24 dev far
ip -n internet link set lo up
ip -n internet link set outer0 up
ip -n internet link set far up
ip route replace default via 198.51.100.1 metric 10
