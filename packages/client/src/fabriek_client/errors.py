"""What the factory, or the way to it, refuses: one error type with a code and a way out."""

from collections.abc import Mapping


class FactoryError(Exception):
    """A refusal or failure that a person can be told.

    `code` is stable and machine-readable, `sentence` says what is wrong and `way_out` what to do
    about it, both in the language asked for; `retry` whether the same call can succeed later
    unchanged. `status` is the HTTP status, 0 when there was no answer. `facts` are the facts in
    the sentence, as data.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        way_out: str = "",
        retry: bool = False,
        *,
        status: int = 0,
        facts: Mapping[str, object] | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{sentence} {way_out}".strip())
        self.code = code
        self.sentence = sentence
        self.way_out = way_out
        self.retry = retry
        self.status = status
        self.facts = facts or {}
        self.request_id = request_id
