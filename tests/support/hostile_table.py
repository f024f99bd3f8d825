# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All cases of hostile and damaged images."""

from __future__ import annotations

import hostile_documents
import hostile_entries
import hostile_manifests
import hostile_names
import hostile_streams
import hostile_whiteouts

CASES = [
    *hostile_names.CASES,
    *hostile_whiteouts.CASES,
    *hostile_entries.CASES,
    *hostile_streams.CASES,
    *hostile_manifests.CASES,
    *hostile_documents.CASES,
]
