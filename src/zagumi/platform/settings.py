"""Settings of the platform. Every installation-specific value comes from the environment.

=====================  =====================================================================================
``ZAGUMI_DATA_DIR``    folder of database, files, cache and secret key (default: the user's data folder)
``DATABASE_URL``       ``postgresql://user:password@host:port/name``; without it SQLite in the data folder
``ZAGUMI_SECRET_KEY``  signing key; without it a random one is made once and kept in the data folder
``ZAGUMI_HOSTS``       comma-separated host names that may be served
``ZAGUMI_HTTPS``       1 when people reach the site by https: secure cookies, redirect and HSTS
``ZAGUMI_PROXY``       1 when a trusted reverse proxy sets X-Forwarded-Proto and X-Forwarded-For
``ZAGUMI_DEBUG``       1 for Django's debug pages
``ZAGUMI_DEMO``        1 for the demo town: one-click sign-in on the login page
``ZAGUMI_TILES``       1 to allow map tiles of the Geospatial Information Authority of Japan
``ZAGUMI_NOW``         ISO date and time at which the clock stands still (pictures, tests)
``ZAGUMI_MAIL_URL``    ``smtp://user:password@host:587``; without it mail is written to the data folder
``ZAGUMI_MAIL_FROM``   sender of mail
``ZAGUMI_STATIC``      1 to serve collected, fingerprinted static files (``zagumi serve`` collects them)
=====================  =====================================================================================
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def _flag(name: str) -> bool:
    return os.environ.get(name, "") in {"1", "true", "yes"}


def _secret_key(folder: Path) -> str:
    """The signing key of this installation: from the environment, else made once and kept private."""
    if key := os.environ.get("ZAGUMI_SECRET_KEY"):
        return key
    path = folder / "secret.key"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text()


def _database(url: str, folder: Path) -> dict[str, Any]:
    """Django's description of the database at ``url``, or of SQLite in ``folder``.

    SQLite takes the write lock when a transaction begins (IMMEDIATE), so that two writers wait for one another
    instead of failing in the middle, and keeps a write-ahead log, so that readers never wait.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "zagumi.sqlite3",
            "TEST": {"NAME": folder / "test.sqlite3"},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


PLATFORM = Path(__file__).parent
DEFAULT_DATA_DIR = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "zagumi"
DATA_DIR = Path(os.environ.get("ZAGUMI_DATA_DIR") or DEFAULT_DATA_DIR).absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

DEBUG = _flag("ZAGUMI_DEBUG")
ZAGUMI_DEMO = _flag("ZAGUMI_DEMO")
ZAGUMI_TILES = _flag("ZAGUMI_TILES")
ZAGUMI_NOW = os.environ.get("ZAGUMI_NOW", "")
ZAGUMI_FILE_LIMIT = 100 * 1024 * 1024
_HTTPS = _flag("ZAGUMI_HTTPS")
_PROXY = _flag("ZAGUMI_PROXY")

SECRET_KEY = _secret_key(DATA_DIR)
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ZAGUMI_HOSTS", "").split(",") if host.strip()] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if _HTTPS else []

INSTALLED_APPS = [
    "zagumi.platform.shell",
    "zagumi.platform.planning",
    "zagumi.platform.cases",
    "zagumi.platform.network",
    "zagumi.platform.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "ninja",
]

MIDDLEWARE = [
    "zagumi.platform.core.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zagumi.platform.core.middleware.ReaderLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "zagumi.platform.core.middleware.ActingSeat",
    "zagumi.platform.core.middleware.SignInRequired",
    "zagumi.platform.core.middleware.ErrorPages",
]

ROOT_URLCONF = "zagumi.platform.urls"
WSGI_APPLICATION = "zagumi.platform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""), DATA_DIR)}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PLATFORM / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zagumi.platform.core.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    }
}

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [PLATFORM / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- static files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [PLATFORM / "static"]
# Without a folder of collected files they are served from where they lie.
STATIC_ROOT = DATA_DIR / "static" if _flag("ZAGUMI_STATIC") else None
WHITENOISE_USE_FINDERS = not STATIC_ROOT
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- sign-in ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "zagumi.platform.core.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _HTTPS else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Zagumi"
# Passkeys need https; browsers make an exception for localhost, and so does the verifier then.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
USERSESSIONS_TRACK_ACTIVITY = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _PROXY else 0

# --- what browsers are told ---------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000


# --- mail ---------------------------------------------------------------------------------------------------------
def _mail(url: str) -> dict[str, Any]:
    """Django's mail settings for ``url``; without one, mail becomes files in the data folder."""
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": DATA_DIR / "mail",
        }
    parts = urlsplit(url)
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 587,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


globals().update(_mail(os.environ.get("ZAGUMI_MAIL_URL", "")))
DEFAULT_FROM_EMAIL = os.environ.get("ZAGUMI_MAIL_FROM", "zagumi@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "zagumi": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
