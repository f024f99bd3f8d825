# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks between runs on one host: one file per object, held by flock, gone when nobody holds it."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import Callable, Iterator, Sequence, Set

from .._core.errors import ContainersError
from .._core.store import Store
from . import flock
from .files import Files

WAIT_SECONDS = 600.0
_EVERYTHING = "store"


class Locks:
    """Takes locks in sorted order, so that two runs never wait for one another."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._owned: Set[str] = set()
        """Roots of the stores that this run has for itself."""

    @contextmanager
    def own(self, store: Store) -> Iterator[None]:
        """Have the whole store for this run alone, whatever the number of its objects. Processes forked share it."""
        with ExitStack() as held:
            held.callback(self._tidy, store)
            held.enter_context(self._hold_one(store, _EVERYTHING, flock.try_own, WAIT_SECONDS))
            self._owned.add(store.root)
            held.callback(self._owned.remove, store.root)
            yield

    @contextmanager
    def hold(self, store: Store, names: Sequence[str]) -> Iterator[None]:
        """Own the named objects while the block runs; remove the store's empty folders after it.

        Names are like ``rootfs web``; none means no lock. Raises ContainersError after WAIT_SECONDS.
        """
        if not names:
            yield
            return
        with ExitStack() as held:
            if store.root not in self._owned:
                held.callback(self._tidy, store)  # called last, when no lock is held; after a failure too
                held.enter_context(self._hold_one(store, _EVERYTHING, flock.try_share, WAIT_SECONDS))
            for name in sorted(set(names)):
                held.enter_context(self._hold_one(store, name, flock.try_own, WAIT_SECONDS))
            yield

    @contextmanager
    def _hold_one(self, store: Store, name: str, take: Callable[[int], bool], wait: float) -> Iterator[None]:
        path = f"{store.locks}/{name.replace('/', '%2F')}.lock"
        descriptor = self._acquire(path, name, take, time.monotonic() + wait)
        try:
            yield
        finally:
            if name != _EVERYTHING:
                self._files.remove(path)
            os.close(descriptor)

    def _acquire(self, path: str, name: str, take: Callable[[int], bool], deadline: float) -> int:
        while True:
            with suppress(FileNotFoundError):  # another run removed the folder it was in
                self._files.make_dir(os.path.dirname(path))
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                if take(descriptor) and _is_at(descriptor, path):
                    return descriptor
                os.close(descriptor)
            if time.monotonic() >= deadline:
                raise ContainersError(f"wait for the lock of {name}: another run has held it all the time ({path})")
            time.sleep(0.005)

    def _tidy(self, store: Store) -> None:
        """Remove what is empty, and locks of killed runs, unless another run is at work: it may be about to fill it.

        Whoever holds any other lock shares or owns that of the store, so that none is held here.
        """
        with suppress(ContainersError), self._hold_one(store, _EVERYTHING, flock.try_own, wait=0.0):
            for name in self._files.list(store.locks):
                if name != f"{_EVERYTHING}.lock":
                    self._files.remove(f"{store.locks}/{name}")
            self._files.remove_empty(store.folders()[:6])
            if self._files.list(store.locks) == [f"{_EVERYTHING}.lock"] and not self._files.list(store.root):
                self._files.remove(f"{store.locks}/{_EVERYTHING}.lock")
                self._files.remove_tree(store.filters)
            self._files.remove_empty(store.folders()[6:])


def _is_at(descriptor: int, path: str) -> bool:
    """Whether the locked file is still the one that others will find by its name."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), found)
