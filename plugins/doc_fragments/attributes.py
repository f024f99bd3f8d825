# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every module of this collection can do, in the words that ansible-doc shows."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/daemonless.containers.containers) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - daemonless.containers.containers
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: linux
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    details:
      - Nothing is changed in any mode.
  diff_mode:
    details:
      - There is never a difference.
"""
