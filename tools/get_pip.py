# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand in for the get-pip.py that ansible-test downloads from a server of its own.

ansible-test runs it in the environments it makes, with the wanted versions as arguments. This one takes
the pip that comes with Python, and lets it fetch those versions from where pip is set up to look.
"""

from __future__ import annotations

import subprocess
import sys


def main() -> int:
    wanted = [word for word in sys.argv[1:] if word.partition("==")[0] in {"pip", "setuptools", "wheel"}]
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True, stdout=subprocess.DEVNULL)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    return subprocess.run(install, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
