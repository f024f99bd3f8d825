# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of thing that others may have made where a name or a place of ours would be."""

from __future__ import annotations

from foreign_links import LINKS
from foreign_networks import NETWORKS
from foreign_places import PLACES
from foreign_records import RECORDS
from foreign_rules import RULES

KINDS = (*LINKS, *NETWORKS, *RULES, *PLACES, *RECORDS)
