"""Admission: every refusal by its own code, and rights before sizes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.compute.rules import ACTIVE, MOVES, OVER, Asked, JobState, Limits, Site, admit, before

LIMITS = Limits(3600, 1000, 10, 100, 5, 3, 5, 50)
SITE = Site(4, 8192, {"h100": 2, "a100": 1}, confidential=True, network=True)
FINE = Asked(
    cpus=4,
    memory_mib=8192,
    gpus=2,
    gpu_kind="h100",
    time_limit_s=3600,
    network=False,
    purpose="education",
    cleared_purposes=frozenset({"education"}),
    confidential_inputs=(),
    personal_inputs=(),
    personal_data_cleared=False,
    waiting=4,
    allocation_runs=True,
)


def test_exactly_at_every_limit_is_admitted() -> None:
    assert admit(FINE, SITE, LIMITS).code == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"allocation_runs": False}, "allocation-not-running"),
        ({"purpose": "care-research"}, "purpose-not-cleared"),
        ({"cleared_purposes": frozenset()}, "purpose-not-cleared"),
        ({"personal_inputs": ("people",)}, "personal-data-not-cleared"),
        ({"cpus": 5}, "job-too-large"),
        ({"memory_mib": 8193}, "job-too-large"),
        ({"time_limit_s": 3601}, "job-too-large"),
        ({"gpus": 3}, "job-too-large"),
        ({"gpus": 1, "gpu_kind": "b200"}, "gpu-not-here"),
        ({"gpus": 3, "gpu_kind": ""}, "job-too-large"),
        ({"waiting": 5}, "queue-full"),
        ({"network": True, "confidential_inputs": ("care",)}, "confidential-without-network"),
    ],
)
def test_refused(change: dict[str, object], code: str) -> None:
    assert admit(replace(FINE, **change), SITE, LIMITS).code == code


def test_what_the_site_lacks() -> None:
    bare = replace(SITE, gpus={}, confidential=False, network=False)
    assert admit(FINE, bare, LIMITS).code == "gpu-not-here"
    no_gpu = replace(FINE, gpus=0, gpu_kind="")
    assert admit(no_gpu, bare, LIMITS).code == ""
    confidential = replace(no_gpu, confidential_inputs=("care",))
    assert admit(confidential, bare, LIMITS).code == "confidential-needs-sandbox"
    assert admit(confidential, SITE, LIMITS).code == ""
    assert admit(replace(no_gpu, network=True), bare, LIMITS).code == "network-not-offered"


def test_any_kind_of_gpu_means_the_kind_there_is_most_of() -> None:
    assert admit(replace(FINE, gpus=2, gpu_kind=""), SITE, LIMITS).code == ""


def test_personal_data_pass_when_cleared() -> None:
    asked = replace(FINE, personal_inputs=("people",), personal_data_cleared=True)
    assert admit(asked, SITE, LIMITS).code == ""


def test_rights_are_told_before_sizes() -> None:
    asked = replace(FINE, purpose="care-research", cpus=999)
    assert admit(asked, SITE, LIMITS).code == "purpose-not-cleared"


def test_the_refusal_says_how_much_is_too_much() -> None:
    verdict = admit(replace(FINE, cpus=9), SITE, LIMITS)
    assert verdict.facts == {"what": "CPUs", "asked": 9, "most": 4}


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({"purpose": "care"}, {"purpose": "care", "cleared": "education"}),
        (
            {"purpose": "care", "cleared_purposes": frozenset({"b", "a"})},
            {"purpose": "care", "cleared": "a, b"},
        ),
        ({"cleared_purposes": frozenset()}, {"purpose": "education", "cleared": "-"}),
        ({"personal_inputs": ("people", "more")}, {"inputs": "people, more"}),
        (
            {"network": True, "confidential_inputs": ("care", "home")},
            {"inputs": "care, home"},
        ),
        ({"gpu_kind": "b200"}, {"kind": "b200", "kinds": "a100, h100"}),
        ({"gpus": 3}, {"what": "GPUs", "asked": 3, "most": 2}),
        ({"memory_mib": 8193}, {"what": "MiB", "asked": 8193, "most": 8192}),
        ({"time_limit_s": 3601}, {"what": "s", "asked": 3601, "most": 3600}),
        ({"waiting": 9}, {"most": 5}),
    ],
)
def test_each_refusal_says_what_it_is_about(
    change: dict[str, object], facts: dict[str, object]
) -> None:
    assert admit(replace(FINE, **change), SITE, LIMITS).facts == facts


def test_without_a_sandbox_the_refusal_names_the_data() -> None:
    asked = replace(FINE, confidential_inputs=("care", "home"))
    verdict = admit(asked, replace(SITE, confidential=False), LIMITS)
    assert verdict.facts == {"inputs": "care, home"}


def test_a_site_without_gpus_has_none_of_any_kind() -> None:
    bare = replace(SITE, gpus={})
    verdict = admit(replace(FINE, gpus=1, gpu_kind=""), bare, LIMITS)
    assert (verdict.code, verdict.facts) == ("gpu-not-here", {"kind": "gpu", "kinds": "-"})


def test_the_kind_does_not_matter_to_a_job_without_gpus() -> None:
    assert admit(replace(FINE, gpus=0, gpu_kind="b200"), SITE, LIMITS).code == ""


@given(
    cpus=st.integers(1, 10),
    memory=st.integers(1, 20000),
    gpus=st.integers(0, 4),
    time=st.integers(1, 8000),
    purpose=st.sampled_from(["education", "care-research"]),
    runs=st.booleans(),
)
def test_nothing_beyond_the_site_or_the_rights_is_ever_admitted(
    cpus: int, memory: int, gpus: int, time: int, purpose: str, runs: bool
) -> None:
    asked = replace(
        FINE,
        cpus=cpus,
        memory_mib=memory,
        gpus=gpus,
        time_limit_s=time,
        purpose=purpose,
        allocation_runs=runs,
    )
    fits = cpus <= 4 and memory <= 8192 and gpus <= 2 and time <= 3600
    allowed = runs and purpose == "education"
    assert (admit(asked, SITE, LIMITS).code == "") == (fits and allowed)


def test_the_table_of_moves() -> None:
    """Once over, a job stays over; only what is active can have been lost or have run."""
    for state in OVER:
        assert not MOVES[state]
    assert before(JobState.STARTING) == ["queued"]
    assert before(JobState.RUNNING) == ["starting"]
    assert before(JobState.QUEUED) == before(JobState.SUCCEEDED) == list(ACTIVE)
    assert before(JobState.CANCELLED) == before(JobState.FAILED) == ["queued", *ACTIVE]
    assert set(MOVES) == set(JobState)
