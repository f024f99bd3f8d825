# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the site of what tools/docs has put together. Nothing is taken from the network."""

from __future__ import annotations

project = "daemonless.containers"
copyright = "2026, the daemonless.containers authors"  # noqa: A001 Sphinx's name for it
root_doc = "index"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
html_theme = "furo"
html_title = "daemonless.containers"
html_show_sphinx = False
html_copy_source = False
pygments_style = "friendly"
myst_heading_anchors = 3
suppress_warnings = ["ref.ref"]
"""Of links into Ansible's own site, which is not here; antsibull-docs lint checks those from plugin to plugin."""
