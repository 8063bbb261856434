"""Where this person's factory is and who they are there: one file of mode 0600, and environment.

The token is read from here and sent in a header; it is never printed, and stands in no command
line and no address.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from fabriek_client.errors import FactoryError
from fabriek_client.words import Language, say

DEFAULT_ADDRESS = "http://127.0.0.1:8800"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass
class Settings:
    """What the file holds. `token` belongs to `address`, and is sent nowhere else."""

    address: str = ""
    token: str = ""
    token_id: int = 0
    email: str = ""
    project: str = ""
    language: Language | None = None


def path() -> Path:
    """FABRIEK_CONFIG, else `fabriek/settings.json` in the person's configuration folder."""
    if given := os.environ.get("FABRIEK_CONFIG"):
        return Path(given)
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "fabriek" / "settings.json"


def load() -> Settings:
    """The settings; defaults where the file is absent. FactoryError `settings-damaged`."""
    file = path()
    try:
        status = file.stat()
        if status.st_mode & 0o077:
            # It holds a token: others must not read it, whoever left it like this.
            file.chmod(0o600)
        found = json.loads(file.read_text("utf-8"))
        known = {field.name for field in fields(Settings)}
        return Settings(**{name: value for name, value in found.items() if name in known})
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise FactoryError(
            "settings-damaged",
            say("common.settings-damaged", path=file, why=type(error).__name__),
            say("common.settings-damaged-out", path=file),
        ) from error


def save(settings: Settings) -> None:
    """Replace the file at once, readable by its owner alone."""
    file = path()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes mode 0600; the rename makes a broken write impossible to see.
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".settings-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(settings), stream, indent=2)
        Path(temporary).replace(file)
    except OSError as error:
        raise FactoryError(
            "settings-not-written",
            say("common.settings-not-written", path=file, why=error.strerror),
            say("common.settings-not-written-out"),
        ) from error


def address(settings: Settings) -> str:
    """FABRIEK_ADDRESS, else the file's, else a factory on this machine."""
    return checked_address(os.environ.get("FABRIEK_ADDRESS") or settings.address or DEFAULT_ADDRESS)


def use_address(given: str) -> str:
    """Keep this address, and forget the token and project of another; returns it as kept."""
    tidy, chosen = checked_address(given), load()
    if tidy != chosen.address:
        save(Settings(address=tidy, language=chosen.language))
    return tidy


def token(settings: Settings) -> str:
    """FABRIEK_TOKEN, else the file's when it is for the address in use, else nothing."""
    if given := os.environ.get("FABRIEK_TOKEN"):
        return given
    return settings.token if settings.address == address(settings) else ""


def checked_address(text: str) -> str:
    """`https://host[:port][/prefix]` without a slash at the end. FactoryError `bad-address`.

    Plain http is for this machine only, since a token would cross the network readable;
    FABRIEK_ALLOW_HTTP=1 lifts that, for a network that is itself protected.
    """
    tidy = text.strip().rstrip("/")
    try:
        parts = urlsplit(tidy)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.username or parts.password or parts.query or parts.fragment:
        raise FactoryError(
            "bad-address",
            say("common.bad-address", address=text),
            say("common.bad-address-out"),
        )
    if (
        parts.scheme == "http"
        and parts.hostname not in _LOOPBACK
        and os.environ.get("FABRIEK_ALLOW_HTTP") != "1"
    ):
        raise FactoryError(
            "address-not-safe",
            say("common.address-not-safe", address=tidy),
            say("common.address-not-safe-out"),
        )
    return tidy
