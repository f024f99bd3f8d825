# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The option ``store``; its declaration is ``_core.argspec.store``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  store:
    description:
      - Absolute path of the folder on the target in which images, root file systems and containers lie.
      - Modules that work on the same container need the same O(store).
    type: path
    default: /var/lib/daemonless
"""
