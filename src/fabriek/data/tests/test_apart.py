"""One person with data of the same name in two projects: each question finds its own."""

from typing import Any

import kit
import pytest

from fabriek.access import member_actions
from fabriek.access.queries import Right
from fabriek.core import clock
from fabriek.core.problems import Problem
from fabriek.data import queries
from fabriek.data.models import Dataset, DatasetVersion, Upload

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


@pytest.fixture
def other(place: Any) -> Dataset:
    """The manager's second project, with a dataset of the same name and its own version 1."""
    place.version(b"one")
    project = kit.project(place.manager)
    data = kit.folder(place.folder / "other", {"b.csv": b"3,4\n"})
    kit.push(place.api, project.slug, "measurements", data)
    return Dataset.objects.get(project=project)


def code_of(refused: pytest.ExceptionInfo[Problem]) -> str:
    return refused.value.code


def test_datasets_by_number_and_by_name(place: Any, other: Dataset) -> None:
    for dataset in (place.dataset, other):
        assert queries.dataset_for(place.manager, dataset.pk, Right.RUN) == dataset
        slug = dataset.project.slug
        assert queries.dataset_named(place.manager, slug, "measurements") == dataset
        with pytest.raises(Problem) as refused:
            queries.dataset_named(place.manager, slug, "nothing")
        assert code_of(refused) == "not-found"
    assert set(queries.of_project(other.project_id)) == {other}


def test_a_dataset_is_given_as_far_as_the_role_reaches(place: Any) -> None:
    viewer = kit.member(place.project, "viewer")
    assert queries.dataset_for(viewer, place.dataset.pk, Right.VIEW) == place.dataset
    for who, code in ((viewer, "not-allowed"), (kit.person(), "not-found")):
        with pytest.raises(Problem) as refused:
            queries.dataset_for(who, place.dataset.pk, Right.RUN)
        assert code_of(refused) == code


def test_versions_by_number_and_by_reference(place: Any, other: Dataset) -> None:
    place.version(b"two")
    for dataset, numbers in ((place.dataset, (1, 2)), (other, (1,))):
        for number in numbers:
            expected = DatasetVersion.objects.get(dataset=dataset, number=number)
            assert queries.version_of(place.manager, dataset.pk, number) == expected
            for reference in (f"measurements@{number}", (dataset.pk, number)):
                found = queries.version_for(place.manager, dataset.project_id, reference)
                assert found == expected
    with pytest.raises(Problem) as refused:
        queries.version_of(place.manager, other.pk, 2)
    assert code_of(refused) == "not-found"
    for reference in ("measurements@2", (place.dataset.pk, 1), (other.pk, 2)):
        with pytest.raises(Problem) as refused:
            queries.version_for(place.manager, other.project_id, reference)
        assert code_of(refused) == "no-such-version"
        assert refused.value.facts == {"reference": ascii(str(reference))}


def test_several_datasets_in_one_project(place: Any) -> None:
    for slug, content in (("first", b"1\n"), ("second", b"2\n")):
        data = kit.folder(place.folder / slug, {"c.csv": content})
        kit.push(place.api, place.project.slug, slug, data)
    for slug in ("first", "second"):
        dataset = queries.dataset_named(place.manager, place.project.slug, slug)
        assert dataset.slug == slug
        for reference in (f"{slug}@1", (dataset.pk, 1)):
            found = queries.version_for(place.manager, place.project.pk, reference)
            assert (found.dataset_id, found.number) == (dataset.pk, 1)


def test_what_an_attempt_left_is_nobodys_version_until_it_is_kept(place: Any) -> None:
    place.version(b"one")
    DatasetVersion.objects.update(attempt=7)
    assert not queries.versions_visible_to(place.manager).exists()
    for reference in ("measurements@1", (place.dataset.pk, 1)):
        with pytest.raises(Problem) as refused:
            queries.version_for(place.manager, place.project.pk, reference)
        assert code_of(refused) == "no-such-version"


def test_each_upload_is_found_by_its_number_and_its_attempt(place: Any) -> None:
    uploads = [place.open(10), place.open(20)]
    for upload in uploads:
        assert queries.upload_for(place.manager, upload, None).pk == upload
        with pytest.raises(Problem) as refused:
            queries.upload_for(place.manager, upload, 7)
        assert code_of(refused) == "not-found"
    Upload.objects.filter(pk=uploads[0]).update(attempt=7)
    assert queries.upload_for(place.manager, uploads[0], 7).pk == uploads[0]
    for attempt in (None, 8):
        with pytest.raises(Problem) as refused:
            queries.upload_for(place.manager, uploads[0], attempt)
        assert code_of(refused) == "not-found"


def test_an_upload_needs_the_right_to_write_to_the_end(place: Any) -> None:
    member = kit.member(place.project, "member")
    upload = place.open(10, who=kit.api(member))
    slug = place.project.slug
    member_actions.set_member(place.manager, slug, email=member.email, role="viewer")
    with pytest.raises(Problem) as refused:
        queries.upload_for(member, upload, None)
    assert code_of(refused) == "not-allowed"


def test_erased_data_are_told_to_be_erased(place: Any) -> None:
    place.version(b"one")
    upload = place.open(10)
    Dataset.objects.update(erased_at=clock.now())
    for ask in (
        lambda: queries.version_for(place.manager, place.project.pk, "measurements@1"),
        lambda: queries.upload_for(place.manager, upload, None),
    ):
        with pytest.raises(Problem) as refused:
            ask()
        assert code_of(refused) == "dataset-erased"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("é" * 100, "bad-reference"),
        ("@", "bad-reference"),
        ("measurements@1@1", "bad-reference"),
        ("measurements@1234567890", "bad-reference"),
        ("m" * 100 + "@1", "no-such-version"),
    ],
)
def test_a_strange_reference_is_told_in_short(place: Any, reference: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        queries.version_for(place.manager, place.project.pk, reference)
    assert code_of(refused) == code
    assert refused.value.facts == {"reference": ascii(reference[:80])}


def test_only_data_that_are_stored_keep_a_hold(place: Any, other: Dataset) -> None:
    subjects = {f"dataset:{place.dataset.pk}", f"dataset:{other.pk}", "dataset:999999", "job:1"}
    assert queries.live_subjects(subjects) == subjects - {"dataset:999999", "job:1"}
    assert queries.live_subjects([f"dataset:{other.pk}"]) == {f"dataset:{other.pk}"}
    Dataset.objects.filter(pk=other.pk).update(erased_at=clock.now())
    assert queries.live_subjects(subjects) == {f"dataset:{place.dataset.pk}"}
