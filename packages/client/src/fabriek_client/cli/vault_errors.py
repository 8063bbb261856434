"""The vault's refusals in the person's language."""

import re

from fabriek_client.errors import FactoryError
from fabriek_client.words import known, language, say
from fabriek_vault.errors import VaultError

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")


def as_factory_error(error: Exception) -> FactoryError | None:
    """The error with its sentence in the language in use; None when it is not the vault's.

    What the factory refused through the vault came in that language already. What the vault
    refuses itself is in English, with the names it is about in quotes; those are kept.
    """
    if not isinstance(error, VaultError):
        return None
    sentence, way_out = error.sentence, error.way_out
    if language() != "en" and known(f"vault.{error.code}"):
        names = ", ".join(_QUOTED.findall(sentence))
        sentence = say(f"vault.{error.code}") + (f" ({names})" if names else "")
        way_out = say(f"vault.{error.code}-out")
    return FactoryError(error.code, sentence, way_out, error.retry)
