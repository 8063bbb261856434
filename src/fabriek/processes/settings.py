"""Django's settings. Everything an operator sets is an environment variable named here.

FABRIEK_STATE      folder of the factory's own files (default: .state in the current folder)
FABRIEK_ADDRESS    the address people and agents reach it at (default http://127.0.0.1:8800)
FABRIEK_HOSTS      host names it answers to, with commas (default: those of its address)
FABRIEK_SMTP       smtp://user:password@host:port, or smtps://; without it mail is printed
FABRIEK_MAIL_FROM  the sender of mails (default fabriek@localhost)
FABRIEK_LOG        log level (default INFO)
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fabriek.core.state import prepare
from fabriek.people.login_settings import *  # noqa: F403 - how people sign in, in one place

STATE_DIR = prepare(Path(os.environ.get("FABRIEK_STATE", ".state")))
ADDRESS = os.environ.get("FABRIEK_ADDRESS", "http://127.0.0.1:8800").rstrip("/")
SECRET_KEY = (STATE_DIR / "keys" / "django.key").read_bytes().hex()
DEBUG = False
_host = urlsplit(ADDRESS).hostname or "127.0.0.1"
ALLOWED_HOSTS = os.environ.get("FABRIEK_HOSTS", f"{_host},127.0.0.1,localhost").split(",")

HERE = Path(__file__).parent.parent
INSTALLED_APPS = [
    # The rooms come before the libraries, so that their templates win.
    "fabriek.core",
    "fabriek.web",
    "fabriek.people",
    "fabriek.ledger",
    "fabriek.governance",
    "fabriek.access",
    "fabriek.data",
    "fabriek.registry",
    "fabriek.compute",
    "fabriek.reports",
    "fabriek.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = [
    "fabriek.api.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fabriek.web.middleware.PageCompression",
    "fabriek.web.middleware.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Before allauth's: that one sees first what a view raises, to ask for a password again.
    "fabriek.web.middleware.ProblemPages",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "fabriek.processes.urls"
WSGI_APPLICATION = "fabriek.processes.wsgi.application"

FORM_RENDERER = "fabriek.web.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fabriek.web.context.page",
            ],
        },
    }
]

# Made by `make assets`; part of the wheel.
STATIC_URL = "/static/"
STATIC_ROOT = HERE / "web" / "built"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

IS_HTTPS = ADDRESS.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [ADDRESS]
CSRF_FAILURE_VIEW = "fabriek.web.middleware.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # the proxy on this machine asks over plain HTTP
if IS_HTTPS:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    # TLS ends at the proxy in front of us, which must set this header and drop a caller's own.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CACHES = {
    # In the database: the web processes count tries together.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}


def _sqlite(name: str) -> dict[str, object]:
    # A writer takes its lock at BEGIN (no deadlock half-way) and waits for its turn; WAL lets
    # readers go on beside it. synchronous=FULL: what was answered has survived a power cut.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATE_DIR / name,
        "CONN_MAX_AGE": None,
        # A file in tests too: SQLite in memory locks whole tables between threads.
        "TEST": {"NAME": STATE_DIR / f"test-{name}"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            " PRAGMA foreign_keys=ON; PRAGMA mmap_size=134217728;",
        },
    }


DATABASES = {"default": _sqlite("fabriek.sqlite3"), "wraps": _sqlite("wraps.sqlite3")}
DATABASE_ROUTERS = ["fabriek.data.wraps.Router"]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "fabriek.web.styles"
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["fabriek.web.uploads.NoFiles"]

_smtp = urlsplit(os.environ.get("FABRIEK_SMTP", ""))
if _smtp.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _smtp.hostname, _smtp.port or (465 if _smtp.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_smtp.username or "")
    EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
    # smtps: TLS from the first byte (port 465); smtp: STARTTLS, except on plain port 25.
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_PORT != 25
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("FABRIEK_MAIL_FROM", "fabriek@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"httpx": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": os.environ.get("FABRIEK_LOG", "INFO")},
}
