# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lead a whole fleet to what is wanted of it: the only file that knows the order in which its parts go.

Who leaves goes first, then images are unpacked, then members are brought up side by side, then all rules are
changed at once. A member that fails leaves the others right; what all of them need fails the run.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from .._core.errors import ContainersError
from .._core.execute import ExecutionError
from .._core.room import run_owned
from .._image.room import ROOM as IMAGE
from .._rootfs.identity import MARK
from . import checks, healthy, last_words, options, record
from .down import stop, take_down
from .links import Links
from .members import Member
from .outcome import Outcome, outcome_of
from .progress import Progress
from .result import told
from .roster import Roster, left_record, planned_record, roster
from .rules import Rules
from .spec import CheckEntry, Wanted, spec
from .up import Place, bring_up

if TYPE_CHECKING:
    from .._sys.host import Host

Work = Callable[[int], Outcome]


def run_fleet(check_entry: CheckEntry, asked: Mapping[str, Any], host: Host, check_mode: bool) -> Dict[str, Any]:
    """The values that the module exits with. Raises ContainersError where the fleet as a whole can't be had."""
    wanted = spec(asked, check_entry)
    checks.check_options(wanted)
    with ExitStack() as held:
        if not check_mode:
            held.enter_context(host.locks.own(wanted.store))
            held.enter_context(host.files.synced_together(wanted.store.root))
        lead = _Lead(host, wanted, check_mode)
        if not check_mode:
            held.enter_context(host.launcher.many(lead.newcomers))
        held.enter_context(host.mounts.seen_once(MARK, users=lead.anybody_there))
        held.enter_context(host.networks.defaults_seen_once())
        held.enter_context(host.accounts.seen_once())
        outcomes, shared = lead.run()
    if wanted.healthy and not check_mode:
        _await_members(host, wanted, outcomes, shared)
    return told(outcomes, shared)


def _await_members(host: Host, wanted: Wanted, outcomes: Sequence[Outcome], shared: Sequence[Outcome]) -> None:
    """What was done remains done where the wait is interrupted."""
    try:
        healthy.await_members(host, wanted, outcomes)
    except ContainersError as error:
        raise ExecutionError(error.message, error.hint, tuple(told(outcomes, shared)["ops"])) from error


class _Lead:
    def __init__(self, host: Host, wanted: Wanted, check_mode: bool) -> None:
        self._host = host
        self._wanted = wanted
        self._check = check_mode
        self._kept = record.load(host.files, wanted.store, wanted.fleet)
        self._there = frozenset(host.files.list(wanted.store.containers))
        """Every container of the store, as the run begins."""
        self._progress = Progress(host, wanted, check_mode)
        self._outcomes: Dict[str, Outcome] = {}
        self._shared: List[Outcome] = []
        """What is done for the fleet as a whole."""

    @property
    def newcomers(self) -> int:
        """How many of those to be up aren't there yet."""
        up = self._wanted.members if self._wanted.state == "started" else ()
        return sum(member.name not in self._there for member in up)

    @property
    def anybody_there(self) -> bool:
        """Whether any of the members may be there already."""
        names = {*self._kept.members, *(member.name for member in self._wanted.members)}
        return not names.isdisjoint(self._there)

    def run(self) -> Tuple[List[Outcome], List[Outcome]]:
        """How it went with each member, and with what they share."""
        others = record.load_others(self._host.files, self._wanted.store, self._wanted.fleet)
        plan = roster(self._wanted, self._kept, others, self._there)
        checks.check_ways_out(self._host, self._wanted, plan)
        rules = Rules(self._host, self._check, self._wanted.nat_backend)
        self._save(planned_record(self._wanted, self._kept, plan))
        with self._progress.told(len(plan.gone) + len(plan.down) + len(plan.up)):
            self._withdraw(rules, plan)
            self._leave(plan)
            self._bring_up(plan)
            self._connect(rules, plan)
        up = [self._outcomes[member.name] for member in plan.up]
        if not self._check:
            self._forget_failed(up)
            last_words.look_after(self._host, self._wanted, up)
        return [*(self._outcomes[member.name] for member in (*plan.gone, *plan.down)), *up], self._shared

    def _forget_failed(self, outcomes: Sequence[Outcome]) -> None:
        """Those that nothing is there of are no members."""
        there = set(self._host.files.list(self._wanted.store.containers))
        self._save(left_record(self._kept, [one.name for one in outcomes if one.error and one.name not in there]))

    def _save(self, wanted: record.FleetRecord) -> None:
        if not self._check and wanted != self._kept:
            record.save(self._host.files, self._wanted.store, wanted)
            self._kept = wanted

    def _withdraw(self, rules: Rules, plan: Roster) -> None:
        """Rules of those who go, before they do."""
        for member in (*plan.gone, *plan.down):
            outcome = self._outcomes[member.name] = Outcome(member.name)
            if member.name in rules.owners:
                rules.plan(outcome, options.nat_absent(self._wanted, member.name))
        if not self._stay(plan) and options.owner(self._wanted) in rules.owners:
            rules.plan(self._whole(), options.nat_absent(self._wanted, options.owner(self._wanted)))
        rules.carry_out()

    def _stay(self, plan: Roster) -> bool:
        """Whether anybody is left who may run."""
        leaving = {member.name for member in (*plan.gone, *plan.down)}
        return bool(plan.up) or any(name not in leaving for name in self._kept.members)

    def _leave(self, plan: Roster) -> None:
        leaving = [(member, True) for member in plan.gone] + [(member, False) for member in plan.down]
        links = Links(self._host, self._wanted, [member for member, _gone in leaving])

        def work(number: int) -> Outcome:
            member, gone = leaving[number]
            return take_down(self._host, self._wanted, member, gone, self._check)

        self._serve([member for member, _gone in leaving], work)
        ended = [member.name for member, _gone in leaving if self._outcomes[member.name].error is None]
        for name in ended:
            links.note(self._outcomes[name])
        if not self._check:
            links.see_to_it(ended)
        if leaving:
            links.remove_bridges(self._whole(), ended, self._kept.bridge, self._check)
        removed = [member.name for member in plan.gone if member.name in ended]
        self._save(left_record(self._kept, removed))

    def _bring_up(self, plan: Roster) -> None:
        images = self._images(plan.up)
        stopped = self._stop_for_reset(plan.up)
        first, rest = self._bridge_makers(plan)
        for some, made in ((first, False), (rest, True)):
            places = [Place(images.get(m.name), plan.numbers.get(m.name), made, m.name in stopped) for m in some]
            self._serve(some, self._up_work(some, places))

    def _stop_for_reset(self, members: Sequence[Member]) -> Set[str]:
        """End all that live, at once and not one after the other; the names of those that did."""
        if not self._wanted.reset or self._check:
            return set()
        links = Links(self._host, self._wanted, members)
        self._serve(members, lambda number: stop(self._host, self._wanted, members[number]), counted=False)
        stopped = [name for name, outcome in self._outcomes.items() if outcome.changed and outcome.error is None]
        links.see_to_it(stopped)
        return set(stopped)

    def _up_work(self, some: Sequence[Member], places: Sequence[Place]) -> Work:
        return lambda number: bring_up(self._host, self._wanted, some[number], places[number], self._check)

    def _bridge_makers(self, plan: Roster) -> Tuple[List[Member], List[Member]]:
        """The first member on each bridge that isn't there yet, which makes it; and all others."""
        firsts: Dict[str, Member] = {}
        for member in plan.up:
            asked = options.veth(self._wanted, member, plan.numbers.get(member.name), "present") or {}
            if asked.get("bridge"):
                firsts.setdefault(asked["bridge"], member)
        first = [member for bridge, member in firsts.items() if self._host.networks.own.link(bridge) is None]
        return first, [member for member in plan.up if member not in first]

    def _images(self, members: Sequence[Member]) -> Dict[str, str]:
        """Each image unpacked once; the id of it for every member that asked for it."""
        ids: Dict[str, str] = {}
        unpacked: Dict[str, Optional[str]] = {}
        for member in members:
            asked = options.image(self._wanted, member)
            if asked is None:
                continue
            key = repr(sorted(asked.items(), key=str))
            if key not in unpacked:
                done = run_owned(IMAGE, asked, self._host, self._check)
                self._whole().ops.extend(done["ops"])
                unpacked[key] = (done.get("image") or {}).get("id")
            ids[member.name] = unpacked[key] or str(asked["src"])
        return ids

    def _connect(self, rules: Rules, plan: Roster) -> None:
        """The rules that all share, and those of members that have any of their own."""
        net = self._wanted.network
        right = [member for member in plan.up if self._outcomes[member.name].error is None]
        if net is not None and net.masquerade and plan.numbers and plan.up:
            if right:
                rules.plan(self._whole(), options.nat_of_fleet(self._wanted, net))
        elif self._wanted.state == "started" and options.owner(self._wanted) in rules.owners:
            rules.plan(self._whole(), options.nat_absent(self._wanted, options.owner(self._wanted)))
        for member in right:
            outcome = self._outcomes[member.name]
            link = (net.bridge if net else None) or outcome.shown["host_interface"] or ""
            if options.has_own_address(member):
                link = member.given.get("bridge") or outcome.shown["host_interface"]
            asked = options.nat(self._wanted, member, plan.numbers.get(member.name), link)
            if asked is not None:
                rules.plan(outcome, asked)
            elif member.name in rules.owners:
                rules.plan(outcome, options.nat_absent(self._wanted, member.name))
        rules.carry_out()

    def _serve(self, members: Sequence[Member], work: Work, counted: bool = True) -> None:
        """Have the work done for each member, side by side, and note how it went.

        It is counted where a member is done with by it.
        """

        def heard(_number: int, plain: Dict[str, Any]) -> None:
            outcome = outcome_of(plain)
            earlier = self._outcomes.get(outcome.name)
            self._outcomes[outcome.name] = outcome if earlier is None else earlier.then(outcome)
            if counted:
                self._progress.step()

        self._host.crew.serve(len(members), lambda number: work(number).plain(), heard)

    def _whole(self) -> Outcome:
        outcome = Outcome(self._wanted.fleet)
        self._shared.append(outcome)
        return outcome
