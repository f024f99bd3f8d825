# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on hosts, line by line, and what is others' there: each with the tests that show what comes of it.

A test is named as file and function below ``tests``. That each is there and isn't skipped is for a structure test.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple


class Line(NamedTuple):
    """What happens, what comes of it, and the tests that show it."""

    what: str
    outcome: str
    tests: Tuple[str, ...]


_CRASHES = "behaviour/faults/test_crashes.py::"
_AT_ONCE = "behaviour/faults/test_at_once.py::"
_FULL = "behaviour/faults/test_full_store.py::"
_REFUSALS = "behaviour/faults/test_refusals.py::test_refused_at_any_call_it_is_undone"
_STAGING = "behaviour/image/test_layer_staging.py::"
_CONTAINER = "behaviour/container/test_container_faults.py::"
_LIFECYCLE = "behaviour/container/test_container_lifecycle.py::"
_REFUSED = "behaviour/rootfs/test_rootfs_refused.py::"
_REMOVED = "behaviour/rootfs/test_rootfs_removed.py::"
_DRIFT = "behaviour/rootfs/test_rootfs_drift.py::"
_CONFLICTS = "behaviour/veth/test_veth_conflicts.py::"
_PAIR = "behaviour/veth/test_veth_point_to_point.py::"
_RULES = "behaviour/nat/test_nat_rules.py::"
_FORWARD = "behaviour/nat/test_nat_forward.py::"
_SERVICE = "behaviour/container/test_container_service.py::"
_INTERCONNECT = "behaviour/interconnect/test_interconnect_state.py::"
_FLEET = "behaviour/fleet/test_fleet_members.py::"
_PACK = "behaviour/pack/test_image_pack.py::"
_KILLED = "behaviour/pack/test_image_pack_killed.py::"

FAULTS: Dict[int, Line] = {
    1: Line(
        "killed after any step",
        "nothing half made is seen; the next run converges",
        (
            f"{_CRASHES}test_killed_after_every_op_of_every_plan_it_converges",
            f"{_CRASHES}test_killed_within_ops_it_converges",
            f"{_STAGING}test_a_kill_leaves_nothing_in_sight_and_the_next_run_sweeps",
            f"{_KILLED}test_killed_while_it_writes",
        ),
    ),
    2: Line(
        "SIGTERM, or the connection is lost",
        "undone",
        (
            f"{_CRASHES}test_interrupted_after_every_op_it_is_undone",
            f"{_CRASHES}test_interrupted_within_ops_it_is_undone",
            f"{_STAGING}test_a_lost_connection_leaves_nothing_at_all",
        ),
    ),
    3: Line(
        "no space or no inodes in the middle of a layer",
        "told, nothing temporary left",
        (f"{_FULL}test_a_full_store_is_told_and_left_as_it_was", f"{_STAGING}test_a_full_disk_leaves_nothing"),
    ),
    4: Line("input or output fails", "told, nothing published", (_REFUSALS,)),
    5: Line(
        "the store can't be written",
        "an error before mounts and links are touched",
        (
            f"{_FULL}test_a_store_that_cannot_be_written_stops_a_run_before_it_changes_anything",
            f"{_STAGING}test_a_read_only_store_is_an_error",
        ),
    ),
    6: Line(
        "power cut before a layer is on the disk",
        "the layer is done again",
        (f"{_STAGING}test_a_layer_that_a_power_cut_may_have_caught_is_done_again",),
    ),
    7: Line(
        "two unpack at once",
        "one waits, and both leave the same",
        ("behaviour/image/test_image_at_once.py::test_two_of_one_image_and_one_of_another",),
    ),
    8: Line(
        "two start the same name",
        "one container, and no change for the others",
        (
            f"{_AT_ONCE}test_one_start_of_many_wins_and_the_others_find_it_done",
            f"{_CONTAINER}test_two_starts_at_once_make_one_container",
        ),
    ),
    9: Line(
        "start and removal at once",
        "something whole",
        (f"{_AT_ONCE}test_making_and_removing_the_same_name_ends_in_something_whole",),
    ),
    10: Line(
        "the init is killed by somebody",
        "told as stopped; its link still goes",
        (
            f"{_LIFECYCLE}test_killed_from_outside_and_started_again",
            "behaviour/veth/test_veth_container.py::test_removing_after_the_container_died",
        ),
    ),
    11: Line(
        "its pid is another process's",
        "that one lives on",
        (f"{_CONTAINER}test_another_process_of_the_same_pid_is_not_the_container",),
    ),
    12: Line(
        "reboot",
        "told as stopped, and brought back",
        (f"{_CONTAINER}test_after_a_reboot_it_is_stopped", f"{_SERVICE}test_all_is_back_after_what_a_reboot_takes"),
    ),
    13: Line(
        "a mount is lost, or there twice",
        "one mount afterwards",
        (
            f"{_DRIFT}test_mount_gone_is_mounted_again_with_its_changes",
            f"{_DRIFT}test_second_mount_of_ours_on_top_goes",
        ),
    ),
    14: Line(
        "the mount is busy",
        "an error that names who has it, and nothing that is written is lost",
        (
            f"{_REFUSED}test_busy_loses_nothing_of_what_is_being_written",
            f"{_REFUSED}test_busy_names_the_process_and_how",
            f"{_REFUSED}test_busy_by_an_open_file_and_a_mount_below",
            f"{_DRIFT}test_mount_that_a_process_still_has_is_brought_back",
        ),
    ),
    15: Line(
        "removal of a layer in use",
        "refused",
        (
            "behaviour/image/test_image_store.py::test_image_that_a_rootfs_stands_on_stays",
            "behaviour/image/test_image_store.py::test_shared_layer_is_unpacked_once_and_kept_while_used",
            "behaviour/prune/test_image_prune.py::test_layers_of_a_mount_made_by_hand_stay",
        ),
    ),
    16: Line(
        "the network namespace has vanished",
        "rules and pair still go",
        (f"{_RULES}test_absent_knows_neither_container_nor_link", f"{_PAIR}test_a_namespace_that_vanished_is_no_error"),
    ),
    17: Line(
        "a link of that name is there",
        "an error, none changed",
        (f"{_CONFLICTS}test_a_foreign_link_of_the_wanted_name", f"{_CONFLICTS}test_a_foreign_link_of_another_kind"),
    ),
    18: Line(
        "removal of an absent link",
        "no change, also where it goes meanwhile",
        (
            f"{_PAIR}test_removed_and_removed_again",
            f"{_PAIR}test_removal_of_what_was_never_there_changes_nothing",
            f"{_PAIR}test_removal_of_a_link_that_goes_meanwhile",
        ),
    ),
    19: Line(
        "failure once the pair is made",
        "undone",
        (
            f"{_PAIR}test_a_failure_half_way_leaves_nothing",
            f"{_FLEET}test_one_that_fails_at_its_link_is_taken_back_whole",
        ),
    ),
    20: Line(
        "rules are flushed, or the firewall is reloaded",
        "put back, none twice",
        (
            f"{_RULES}test_nftables_flushed",
            f"{_RULES}test_iptables_flushed",
            f"{_FORWARD}test_firewall_reloads",
            f"{_RULES}test_one_rule_lost_is_put_back_in_its_place",
        ),
    ),
    21: Line(
        "rules are made and removed at once",
        "one after the other, and each owner has its own",
        (
            f"{_AT_ONCE}test_rules_come_and_go_at_once_and_each_owner_has_its_own",
            f"{_AT_ONCE}test_rules_of_two_stores_are_changed_one_after_the_other",
            f"{_AT_ONCE}test_different_names_are_made_and_removed",
        ),
    ),
    22: Line(
        "rules of one go",
        "those of the others stay",
        (f"{_RULES}test_owners_are_spared", f"{_RULES}test_rules_of_others_are_untouched"),
    ),
    23: Line(
        "legacy and nftables rules on one host",
        "found out, no rule in both",
        (
            f"{_FORWARD}test_auto_finds_out",
            f"{_FORWARD}test_a_rule_is_never_in_both_back_ends",
            f"{_RULES}test_switching_the_back_end_moves_the_rules",
        ),
    ),
    24: Line(
        "a record is cut off or lost",
        "an error that names it, or made anew; no process is orphaned",
        (
            f"{_CONTAINER}test_damaged_record",
            f"{_CONTAINER}test_lost_record_of_a_living_container",
            f"{_DRIFT}test_a_lost_record_is_written_again_and_nothing_is_left_in_the_end",
            "behaviour/image/test_image_store.py::test_damaged_record_is_named",
        ),
    ),
    25: Line(
        "removal of a container that is paused",
        "ended, or an error that says why, and ended once it is thawed",
        (
            f"{_LIFECYCLE}test_stopped_by_a_signal_it_is_ended_all_the_same",
            "behaviour/container/test_container_frozen.py::test_frozen_it_is_kept_and_removed_once_thawed",
        ),
    ),
    26: Line(
        "500 cycles",
        "mounts, descriptors, links and disk as before",
        ("behaviour/faults/test_soak.py::test_cycles_of_make_drift_mend_and_remove_leave_nothing",),
    ),
    27: Line(
        "check mode",
        "nothing is changed",
        (
            "behaviour/image/test_image_store.py::test_check_mode_predicts_and_changes_nothing",
            f"{_REMOVED}test_check_mode_predicts_and_changes_nothing",
            f"{_LIFECYCLE}test_check_mode_changes_nothing",
            f"{_PAIR}test_check_mode_changes_nothing_and_predicts_everything",
            f"{_PAIR}test_check_mode_of_a_removal_leaves_the_pair",
            f"{_RULES}test_check_mode_changes_nothing_and_predicts_all",
            f"{_INTERCONNECT}test_twin_and_check_mode",
            "behaviour/fleet/test_fleet_up.py::test_check_mode_foresees_all_and_changes_nothing",
            f"{_PACK}test_twin_and_check_mode",
        ),
    ),
    28: Line(
        "the folder for temporary files is lost, or on another disk",
        "not used: files are written beside where they go, with their own modes",
        (f"{_KILLED}test_written_beside_its_place", f"{_PACK}test_files"),
    ),
}

FOREIGN: Dict[str, Tuple[str, ...]] = {
    "link": (
        f"{_CONFLICTS}test_a_foreign_link_of_the_wanted_name",
        f"{_CONFLICTS}test_a_foreign_link_of_another_kind",
        f"{_CONFLICTS}test_the_pair_of_another_container",
        f"{_CONFLICTS}test_a_foreign_interface_inside",
        f"{_FLEET}test_one_that_fails_at_its_link_is_taken_back_whole",
    ),
    "bridge": ("behaviour/veth/test_veth_bridge.py::test_a_link_that_is_no_bridge_is_refused",),
    "nftables table": (f"{_RULES}test_table_of_somebody_else_is_an_error",),
    "nftables set in our table": (f"{_RULES}test_things_of_others_in_our_table_stay",),
    "rule, nftables or legacy": (f"{_RULES}test_rules_of_others_are_untouched",),
    "mount": (f"{_REFUSED}test_foreign_mount_at_the_place", f"{_REFUSED}test_foreign_mount_over_ours"),
    "folder": (f"{_REFUSED}test_place_that_is_no_empty_folder", f"{_REMOVED}test_absent_keeps_what_belongs_to_others"),
    "unit": (f"{_SERVICE}test_somebody_elses_unit",),
    "user range": (
        f"{_REFUSED}test_subordinate_ids_and_users_are_left_alone",
        "behaviour/rootfs/test_rootfs_ids.py::test_given_ids_of_another_are_refused",
    ),
    "network namespace": (
        f"{_CONFLICTS}test_the_hosts_own_namespace",
        f"{_CONFLICTS}test_a_namespace_of_another_kind",
    ),
    "route and tunnel": (f"{_INTERCONNECT}test_what_others_made_is_refused_and_stays",),
    "process": (f"{_CONTAINER}test_another_process_of_the_same_pid_is_not_the_container",),
    "work of another run": (
        f"{_STAGING}test_the_folder_of_a_run_at_work_is_left_alone",
        "behaviour/prune/test_image_prune.py::test_leftovers_of_killed_runs_go_and_the_work_of_others_stays",
        f"{_KILLED}test_what_others_are_writing_stays",
    ),
}
"""By what it is that somebody else made: what there is to see besides ``foreign_table``, which tries each act."""
