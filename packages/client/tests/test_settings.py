"""Where the token lives, and where it is sent."""

import json
import stat
from pathlib import Path

import pytest

from fabriek_client import settings
from fabriek_client.errors import FactoryError
from fabriek_client.settings import Settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("FABRIEK_ADDRESS", "FABRIEK_TOKEN", "FABRIEK_ALLOW_HTTP"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "deep" / "settings.json"
    monkeypatch.setenv("FABRIEK_CONFIG", str(path))
    return path


def test_the_file_is_for_its_owner_alone(file: Path) -> None:
    settings.save(Settings(address="https://f.example", token="t"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]
    assert settings.load() == Settings(address="https://f.example", token="t")


def test_a_file_that_others_can_read_is_closed(file: Path) -> None:
    settings.save(Settings(token="t"))
    file.chmod(0o644)
    settings.load()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_standard_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FABRIEK_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings.path() == tmp_path / "fabriek" / "settings.json"


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "null", "\x00"])
def test_a_damaged_file_is_named(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(FactoryError) as found:
        settings.load()
    assert found.value.code == "settings-damaged"
    assert str(file) in found.value.sentence


def test_what_a_later_version_wrote_is_left_out(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"address": "https://f.example", "colour": "blue"}))
    assert settings.load().address == "https://f.example"


def test_a_token_is_not_sent_to_another_factory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Settings(address="https://mine.example", token="mine")
    assert settings.token(kept) == "mine"
    monkeypatch.setenv("FABRIEK_ADDRESS", "https://other.example")
    assert settings.token(kept) == ""
    monkeypatch.setenv("FABRIEK_TOKEN", "theirs")
    assert settings.token(kept) == "theirs"


def test_another_address_forgets_the_token(file: Path) -> None:
    settings.save(Settings(address="https://a.example", token="t", project="p", language="en"))
    assert settings.use_address("https://a.example/") == "https://a.example"
    assert settings.load().token == "t"
    settings.use_address("https://b.example")
    assert settings.load() == Settings(address="https://b.example", language="en")


@pytest.mark.parametrize(
    "text",
    [
        "f.example",
        "ftp://f.example",
        "https://",
        "https://user:word@f.example",
        "https://f.example/?token=x",
        "https://f.example:99999",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(FactoryError) as found:
        settings.checked_address(text)
    assert found.value.code == "bad-address"


def test_plain_http_is_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FABRIEK_ALLOW_HTTP", raising=False)
    for address in ("http://127.0.0.1:8800", "http://localhost", "http://[::1]:80"):
        assert settings.checked_address(address) == address
    with pytest.raises(FactoryError) as found:
        settings.checked_address("http://f.example")
    assert found.value.code == "address-not-safe"
    monkeypatch.setenv("FABRIEK_ALLOW_HTTP", "1")
    assert settings.checked_address("http://f.example") == "http://f.example"
