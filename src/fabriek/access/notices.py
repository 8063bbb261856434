"""The mails of this room; the texts stand in notices.toml."""

from pathlib import Path

from fabriek.people.notices import Notices

NOTICES = Notices(Path(__file__).with_name("notices.toml"))
