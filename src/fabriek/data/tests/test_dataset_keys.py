"""The key of a new dataset, also where a creation before it did not go through."""

from typing import Any

import kit
import pytest

from fabriek.data import actions, keys
from fabriek.data.models import Dataset, KeyWrap
from fabriek_vault import IntegrityError

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def test_a_wrap_left_by_a_creation_that_was_rolled_back_is_in_nobodys_way(place: Any) -> None:
    """SQLite gives the number of a row that was rolled back again, maybe in another project."""
    other = kit.project(kit.person())
    keys.make_dataset_key(other.pk, place.dataset.pk + 1)
    dataset = actions.create_dataset(place.manager, place.project.slug, "fresh", kind="data")
    assert dataset.pk == place.dataset.pk + 1
    assert keys.dataset_key(place.project.pk, dataset.pk)
    assert KeyWrap.objects.filter(kind="dataset", subject_id=dataset.pk).count() == 1


def test_the_key_of_a_dataset_that_holds_something_is_never_replaced(place: Any) -> None:
    place.version(b"one")
    key = keys.dataset_key(place.project.pk, place.dataset.pk)
    other = kit.project(kit.person())
    with pytest.raises(IntegrityError):
        keys.make_dataset_key(other.pk, place.dataset.pk)
    assert keys.dataset_key(place.project.pk, place.dataset.pk) == key
    Dataset.objects.filter(pk=place.dataset.pk).update(stored_bytes=0)
    with pytest.raises(IntegrityError):
        keys.make_dataset_key(other.pk, place.dataset.pk)


def test_repeating_it_changes_nothing(place: Any) -> None:
    key = keys.dataset_key(place.project.pk, place.dataset.pk)
    keys.make_dataset_key(place.project.pk, place.dataset.pk)
    assert keys.dataset_key(place.project.pk, place.dataset.pk) == key
