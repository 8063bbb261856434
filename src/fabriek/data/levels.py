"""What a dataset holds of its project's storage: a level, not a use.

The level is what is stored plus what open uploads may still bring. Receiving a chunk moves bytes
from the second to the first, so it changes nothing and costs no entry in the ledger.
"""

from django.db.models import F, Sum

from fabriek.access import queries as access
from fabriek.core.problems import Problem
from fabriek.data.models import Dataset, Upload
from fabriek.data.rules import UploadState, gib
from fabriek.ledger import actions as ledger
from fabriek.ledger.queries import balances


def lock(dataset_id: int) -> Dataset:
    """The dataset's row, locked for the rest of the transaction (SQLite has one writer anyway)."""
    return Dataset.objects.select_for_update().get(pk=dataset_id)


def refuse_no_room(project_id: int, needed_bytes: int) -> None:
    """Problem `allocation-exhausted` when the project has less storage left at this moment."""
    account = access.accounts(project_id).storage_gib
    balance = balances([account])[account]
    needed = gib(needed_bytes)
    if needed > balance.left:
        raise Problem(
            "allocation-exhausted", unit=balance.unit, asked=str(needed), left=str(balance.left)
        )


def set_level(dataset: Dataset, *, late: bool = False) -> None:
    """Hold what the locked dataset needs now, on the account it has. `late` as in the ledger.

    Problem `allocation-exhausted` or `allocation-not-valid` when that means more.
    """
    if dataset.storage_account_id is not None:
        needed = gib(_needed(dataset.pk))
        ledger.resize(dataset.storage_account_id, subject(dataset.pk), needed, late=late)


def set_level_on_newest(dataset: Dataset, *, late: bool = False) -> None:
    """`set_level` on the account of the project's newest allocation, moving there if need be."""
    account = access.accounts(dataset.project_id).storage_gib
    if dataset.storage_account_id != account:
        ledger.release(subject(dataset.pk), {"why": "moved to a newer allocation"})
        dataset.storage_account_id = account
        dataset.save(update_fields=["storage_account_id"])
    set_level(dataset, late=late)


def subject(dataset_id: int) -> str:
    """How the ledger knows a dataset."""
    return f"dataset:{dataset_id}"


def _needed(dataset_id: int) -> int:
    stored = Dataset.objects.values_list("stored_bytes", flat=True).get(pk=dataset_id)
    coming = Upload.objects.filter(dataset_id=dataset_id, state=UploadState.OPEN.value).aggregate(
        room=Sum(F("room_bytes") - F("received_bytes"))
    )
    return stored + (coming["room"] or 0)
