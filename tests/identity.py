"""A factory with an independent provider of identities beside it: npm's oidc-provider."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import live
import pytest

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "assets" / "node_modules" / "oidc-provider" / "lib" / "index.js"
SECRET = "a secret that only the two of them know"
PEOPLE = {
    "s-new": {"email": "new@uni.example", "email_verified": True, "name": "New Comer"},
    "s-ada": {"email": "ada@uni.example", "email_verified": True, "name": "Ada"},
    "s-other": {"email": "ada@uni.example", "email_verified": True, "name": "Not Ada"},
    "s-unverified": {"email": "eve@uni.example", "email_verified": False, "name": "Eve"},
    "s-nameless": {"email": "noname@uni.example", "email_verified": True},
    "s-chromium": {"email": "c@uni.example", "email_verified": True, "name": "C"},
}


@dataclass
class Both:
    """The factory and its provider."""

    factory: live.Factory
    address: str
    provider: str
    accounts: Path


def running(folder: Path) -> Iterator[Both]:
    """Both of them, for a fixture; skipped where Node or its provider is absent."""
    node = shutil.which("node")
    if not node:
        pytest.skip("node is absent (apt-get install nodejs npm)")
    if not MODULE.exists():
        pytest.skip("npm's oidc-provider is absent (make assets)")
    port = live.free_port()
    accounts, secret = folder / "accounts.json", folder / "client-secret"
    accounts.write_text(json.dumps(PEOPLE))
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    factory = live.Factory(folder / "state")
    address, provider = f"http://localhost:{factory.port}", f"http://localhost:{port}"
    factory.environment |= {
        "FABRIEK_ADDRESS": address,
        "FABRIEK_OIDC_URL": provider,
        "FABRIEK_OIDC_SECRET_FILE": str(secret),
        "FABRIEK_OIDC_NAME": "the University",
    }
    command = [node, ROOT / "tests" / "oidc" / "provider.mjs", MODULE, str(port)]
    command += [f"{address}/login/oidc/callback/", SECRET, accounts]
    with (folder / "provider.log").open("wb") as log:
        process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
    try:
        live.until(lambda: _answers(provider), what="the provider answering")
        factory.start()
        yield Both(factory, address, provider, accounts)
    finally:
        process.kill()
        process.wait()
        factory.stop()


def _answers(provider: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        path = "/.well-known/openid-configuration"
        return httpx.get(f"{provider}{path}", timeout=2).status_code == 200
    return False
