# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the readers of images run on bytes that a coverage-guided fuzzer makes up, for so many seconds each.

The corpus begins as what the tests make, and is kept in .cache/fuzz from one run to the next. An
input that breaks a promise is kept there too, its path printed; it belongs into a test. What is
promised is in tests/support/fuzzing.py.

    tests/fuzz/fuzz.py SECONDS [TARGET ...]      (as root in tests/sandbox, with Atheris)
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
PACKAGE = "ansible_collections.daemonless.containers.plugins.module_utils"
INSTRUMENTED = [f"{PACKAGE}._image", f"{PACKAGE}._sys.tree", f"{PACKAGE}._sys.blobs"]
TARGETS = ("members", "documents", "archive", "layer")
INPUT_MAX = 64 * 1024
LIMITS = ("-timeout=10", "-rss_limit_mb=512", f"-max_len={INPUT_MAX}", "-use_value_profile=1", "-print_final_stats=1")


def main(words: List[str]) -> int:
    if words and words[0] == "--inside":
        inside(*words[1:])
    seconds, targets = int(words[0]), words[1:] or TARGETS
    failed = [target for target in targets if not fuzzed(target, seconds)]
    print(f"{len(targets) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def fuzzed(target: str, seconds: int) -> bool:
    """Run one target in a process of its own; tells what was seen, and whether nothing was found."""
    folder = ROOT / ".cache/fuzz" / target
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, "--inside", target, str(folder), str(seconds)]
    start = time.monotonic()
    with (folder / "log").open("w", encoding="utf-8") as log:
        status = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    text = (folder / "log").read_text(encoding="utf-8", errors="replace")
    executions = int((re.findall(r"number_of_executed_units: +(\d+)", text) or ["0"])[-1])
    coverage, features = (re.findall(r"cov: (\d+) ft: (\d+)", text) or [("0", "0")])[-1]
    passed = time.monotonic() - start
    print(f"{target}: {executions} executions in {passed:.0f} s, {coverage} edges, {features} features", flush=True)
    if status or not executions:
        print(text[-6000:])
        print(f"{target}: FAILED; what was fed lies in {folder}")
    return status == 0 and executions > 0


def inside(target: str, folder: str, seconds: str) -> None:
    """Become the fuzzer. Doesn't return."""
    import atheris  # type: ignore[import-not-found, unused-ignore]

    with atheris.instrument_imports(include=INSTRUMENTED):
        import fuzzing
        import fuzzseeds

    scratch = fuzzing.Scratch()
    targets: Dict[str, Callable[[bytes], None]] = {
        "members": fuzzing.members,
        "documents": fuzzing.documents,
        "archive": scratch.archive,
        "layer": scratch.layer,
    }
    for seed in fuzzseeds.seeds(target):
        if len(seed) <= INPUT_MAX:
            Path(folder, "corpus", hashlib.sha256(seed).hexdigest()[:40]).write_bytes(seed)

    def mutated(data: bytes, size_max: int, _seed: int) -> bytes:
        changed: bytes = atheris.Mutate(data, size_max)
        return changed if target == "documents" else fuzzing.repaired(changed)[:size_max]

    options = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", *LIMITS]
    atheris.Setup([sys.argv[0], *options, f"{folder}/corpus"], targets[target], custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
