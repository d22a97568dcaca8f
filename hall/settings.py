"""Settings of the hall. One file; what differs between places comes from the environment and fails loudly.

HALL_HOME          folder of database, files and keys (default var/)
HALL_DATABASE_URL  postgres://user:password@host:port/name; without it, SQLite in the home
HALL_URL           the address people type, e.g. https://dangwu.example.edu.cn; decides hosts and secure cookies
HALL_DEMO          1 in the demo college: shows the sign-in names, lets the demo set the clock
HALL_BACKUP_HOURS  how old the last good back-up may be before the system administrator is told (default 26)
HALL_FAULTS        1 arms the failpoints of bin/faults; refused outside a demo or test home
HALL_DEBUG         1 shows tracebacks in the browser; refused for any address but this machine's
HALL_CIPHER        sm4 (default) or aes: how sealed columns are written; both are read, `manage.py keys rotate` converts
HALL_CRYPTO_PROVIDER  package.module:Class of a cryptographic device; without it, the software of this house
HALL_SECOND_FACTOR required (administrators reach no page without one) or off; required unless this is a demo
HALL_PASSWORD_PROFILE  asvs or dengbao; HALL_PASSWORD_HASH argon2 or sm3 (hall/accounts/passwords.py)
HALL_PORTAL        https addresses, separated by spaces, that may show the hall in a frame; without it, nobody may
HALL_PROXIES       how many proxies stand before the hall (0); so many addresses of X-Forwarded-For are believed
HALL_CLAMAV        unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310: where clamd listens; without it, nothing scans files
HALL_MAIL_URL      smtp://user:password@host:port; without it, mail is written into the home
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from hall import home
from hall.accounts import passwords

BASE_DIR = home.BASE
HALL_HOME = home.folder()


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_flag(name: str) -> bool:
    value = env(name)
    if value not in ("", "0", "1"):
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")
    return value == "1"


def env_choice(name: str, default: str, *choices: str) -> str:
    value = env(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; write {' or '.join(choices)}.")
    return value


def portals(text: str) -> list[str]:
    """The addresses that may frame the hall: https, a host, nothing else."""
    for each in text.split():
        parts = urlsplit(each)
        if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or "*" in each:
            raise ImproperlyConfigured(
                f"HALL_PORTAL names {each!r}; write addresses like https://portal.example.edu.cn."
            )
    return [each.rstrip("/") for each in text.split()]


def clamd(text: str) -> str:
    """Where the virus scanner listens; "" for none."""
    parts = urlsplit(text)
    if text and not ((parts.scheme == "unix" and parts.path) or (parts.scheme == "tcp" and parts.hostname)):
        raise ImproperlyConfigured(
            f"HALL_CLAMAV is {text!r}; write unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310."
        )
    return text


def database(url: str) -> dict:
    """Django's database entry: SQLite in the home, or the PostgreSQL the address names."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HALL_HOME / "hall.sqlite3",
            "CONN_MAX_AGE": None,  # opening the file anew for each page costs a fifth of it
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-8000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("HALL_DATABASE_URL must begin with postgres://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}},
    }


try:
    SECRET_KEY = home.key("django").hex()
except FileNotFoundError:
    raise ImproperlyConfigured(
        f"The hall's home {HALL_HOME} has no keys yet. Run bin/run, or `python -m hall.home` to make them."
    ) from None

HALL_CIPHER = env("HALL_CIPHER", "sm4")
if HALL_CIPHER not in ("sm4", "aes"):
    raise ImproperlyConfigured(f"HALL_CIPHER is {HALL_CIPHER!r}; write sm4 or aes.")
HALL_CRYPTO_PROVIDER = env("HALL_CRYPTO_PROVIDER") or "hall.core.crypto.software:Software"
HALL_DEMO = env_flag("HALL_DEMO")
HALL_FAULTS = env_flag("HALL_FAULTS")
if HALL_FAULTS and not HALL_DEMO and env("HALL_TEST_HOME") == "":
    raise ImproperlyConfigured("HALL_FAULTS breaks the hall on purpose: only in a demo or test home.")
if not env("HALL_BACKUP_HOURS", "26").isdecimal():
    raise ImproperlyConfigured("HALL_BACKUP_HOURS is a whole number of hours.")
HALL_BACKUP_HOURS = int(env("HALL_BACKUP_HOURS", "26"))
HALL_URL = env("HALL_URL", "http://127.0.0.1:8000").rstrip("/")
DEBUG = env_flag("HALL_DEBUG")
_address = urlsplit(HALL_URL)
_local = _address.hostname in ("127.0.0.1", "localhost", "::1")
if DEBUG and not _local:
    raise ImproperlyConfigured(
        "HALL_DEBUG shows secrets to whoever meets an error: only for an address of this machine."
    )
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"] if _local else [_address.hostname or ""]
CSRF_TRUSTED_ORIGINS = [HALL_URL]
_https = _address.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
HALL_SECOND_FACTOR = env_choice("HALL_SECOND_FACTOR", "off" if HALL_DEMO else "required", "required", "off")
HALL_PASSWORD_PROFILE = env_choice("HALL_PASSWORD_PROFILE", "asvs", *passwords.PROFILES)
HALL_PORTAL = portals(env("HALL_PORTAL"))
HALL_CLAMAV = clamd(env("HALL_CLAMAV"))
HALL_NAME = "党务大厅"  # as authenticator apps show it
HALL_PROXIES = int(env_choice("HALL_PROXIES", "0", *"01234"))

# downstairs → upstairs: a module may need only earlier ones (docs/generated/floors.md)
MODULES = [
    "ledger",
    "organisations",
    "accounts",
    "papers",
    "notices",
    "files",
    "safekeeping",
    "members",
    "ballots",
    "dues",
    "desk",
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "treebeard",
    "hall.core",
    *(f"hall.{name}" for name in MODULES),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "hall.core.middleware.browser_limits",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hall.core.middleware.size_limit",
    "hall.core.middleware.clean_input",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hall.accounts.middleware.session_limits",
    "hall.core.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hall.accounts.middleware.actor",
    "hall.accounts.middleware.FirstThingsFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    *(() if HALL_PORTAL else ("django.middleware.clickjacking.XFrameOptionsMiddleware",)),
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "hall.core.middleware.PlainErrors",
]

ROOT_URLCONF = "hall.urls"
WSGI_APPLICATION = "hall.wsgi.application"
DATABASES = {"default": database(env("HALL_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "hall.core.folding.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "hall.core.pages.frame",
            ],
            "builtins": ["hall.core.templatetags.hall"],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.Account"
LOGIN_URL = "accounts:sign_in"
HALL_PROOF_URL = "accounts:proof"
LOGIN_REDIRECT_URL = "desk:home"
AUTHENTICATION_BACKENDS = ["hall.accounts.backend.Backend"]
_hash = env_choice("HALL_PASSWORD_HASH", "argon2", *passwords.HASHERS)
PASSWORD_HASHERS = sorted(passwords.HASHERS.values(), key=lambda each: each != passwords.HASHERS[_hash])
AUTH_PASSWORD_VALIDATORS = passwords.PROFILES[HALL_PASSWORD_PROFILE]

_cookie = "__Host-hall" if _https else "hall"  # a prefix browsers hold to: this host, whole path, encrypted
SESSION_ENGINE = "hall.accounts.sessions"
SESSION_COOKIE_NAME = f"{_cookie}_session"
SESSION_COOKIE_AGE = 24 * 3600  # the most the college may set; its own limits are heeded at every request
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_cookie}_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hall.core.pages.form_expired"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "hall_language"
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # CAL-07

STATIC_URL = "static/"
STATIC_ROOT = HALL_HOME / "static"
MEDIA_ROOT = HALL_HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
_incoming = HALL_HOME / "incoming"  # what arrives lies in the home, which its owner alone reads, not in a common folder
FILE_UPLOAD_TEMP_DIR = _incoming if _incoming.is_dir() else None
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
HALL_UPLOAD_LIMIT = 20 * 1024 * 1024  # bytes uploaded at once; more is refused before it is read

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "frame-ancestors": HALL_PORTAL or [CSP.NONE],
    "form-action": [CSP.SELF],
}

_mail = urlsplit(env("HALL_MAIL_URL"))
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _mail.hostname,
            "port": _mail.port or 25,
            "username": unquote(_mail.username or ""),
            "password": unquote(_mail.password or ""),
            "use_tls": _mail.scheme == "smtps",
            "timeout": 20,
        },
    }
    if _mail.hostname
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(HALL_HOME / "mail")},
    }
}
DEFAULT_FROM_EMAIL = env("HALL_MAIL_FROM", "hall@localhost")

FONT_FOLDERS = [
    Path(p) for p in (HALL_HOME / "fonts", "/usr/share/fonts", "/usr/local/share/fonts") if Path(p).is_dir()
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"hall": {"level": "INFO"}},
}
