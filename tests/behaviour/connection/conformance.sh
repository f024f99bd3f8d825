#!/bin/sh
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sent into a container by conformance.yml: says its arguments, a line each.
for word; do
    echo "$word"
done
