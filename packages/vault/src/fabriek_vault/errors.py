"""What the vault can refuse: one error type with a code, a sentence and a way out."""


class VaultError(Exception):
    """A refusal a person can be told.

    `code` is stable and machine-readable (``bad-name``), `sentence` says what is wrong,
    `way_out` what to do about it, `retry` whether the same call can succeed later.
    """

    def __init__(self, code: str, sentence: str, way_out: str = "", *, retry: bool = False) -> None:
        super().__init__(f"{sentence} {way_out}".strip())
        self.code = code
        self.sentence = sentence
        self.way_out = way_out
        self.retry = retry


class IntegrityError(VaultError):
    """Stored bytes are not the bytes that were written: damaged, swapped or under another key."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(
            code, sentence, "Tell the factory's operator; the stored copy cannot be used as it is."
        )
