"""All settings, one file. docs/operate.md explains every variable that config/env.py reads here."""

from __future__ import annotations

import sys
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from kombu import Exchange, Queue

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("CORROBORATE_VAR", str(BASE_DIR / "var"))).resolve()
TESTING = "pytest" in sys.modules

DATABASE_URL = env.text("DATABASE_URL")
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL")
SERVERS = bool(DATABASE_URL)

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret_key(VAR_DIR, servers=SERVERS and not TESTING)
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "core.served_files.ServedFilesConfig",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "django_linear_migrations",
    "core",
    "accounts",
    "audit",
    "sources",
    "claims",
    "verification",
    "demo",
]
if not TESTING and not DEBUG:
    INSTALLED_APPS.remove("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.RequestIdMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.DeskPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.DatabaseAwayMiddleware",
    "core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
                "verification.context.desk",
            ],
        },
    }
]

# --- Database: embedded unless DATABASE_URL is set (docs/decisions/0001)

EMBEDDED_POSTGRES_DIR = VAR_DIR / "postgres"
EMBEDDED_VALKEY_DIR = VAR_DIR / "valkey"
EMBEDDED_POSTGRES_OPTIONS: dict[str, str] = (
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    if env.boolean("CORROBORATE_FAST_DISK", default=False)
    else {}
)
DATABASES: dict[str, dict[str, object]] = {
    "default": env.database(DATABASE_URL)
    if DATABASE_URL
    else {"ENGINE": "core.embedded.backend", "NAME": "corroborate"}
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Background work

CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
# After a lost connection Celery restores its prefetch count from the pool's threads, but py-amqp's
# connections are not for two readers: now and then the worker heard nothing more, for good.
CELERY_WORKER_ENABLE_PREFETCH_COUNT_REDUCTION = False
CELERY_TASK_SOFT_TIME_LIMIT = 150
CELERY_TASK_TIME_LIMIT = 180
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 900} if CELERY_BROKER_URL.startswith(("redis", "unix")) else {}
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker without -Q takes all; on many machines the reading of pages can have workers of its own.
# Each has a key of its own: without one, Celery binds all to the same, and each gets every message.
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name) for name in ("celery", "artifacts", "pictures")
]
CELERY_TASK_ROUTES = {
    "sources.make_artifact": {"queue": "artifacts"},
    "sources.make_artifacts": {"queue": "artifacts"},
    "sources.take_picture": {"queue": "pictures"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep captures": {"task": "sources.sweep", "schedule": 5.0},
    # Captures that wait for their host; what nobody took in time is of no use later.
    "send due captures": {
        "task": "sources.send_due",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "sweep artifacts": {"task": "sources.sweep_artifacts", "schedule": 15.0},
    "sweep assessments": {"task": "verification.sweep", "schedule": 60.0},
    "recheck cited pages": {"task": "sources.recheck_due", "schedule": 60.0},
    "sweep quotes": {"task": "claims.sweep_quotes", "schedule": 300.0},
    "sweep notifications": {"task": "verification.sweep_notifications", "schedule": 300.0},
    "tell of damage": {"task": "verification.tell_of_damage", "schedule": 300.0},
    "draw for audit": {"task": "verification.draw_for_audit", "schedule": 3600.0},
    "sweep forecasts": {"task": "verification.sweep_forecasts", "schedule": 3600.0},
    "learn a model": {"task": "verification.fit_model", "schedule": crontab(hour=2, minute=30)},
    "fit in joint mode": {"task": "verification.fit_joint", "schedule": crontab(hour=3, minute=30)},
    "find sources that err together": {
        "task": "verification.propose_groups",
        "schedule": crontab(hour=3, minute=0),
    },
    "sweep groups": {"task": "verification.sweep_groups", "schedule": 300.0},
    "sweep models": {"task": "verification.sweep_models", "schedule": 3600.0},
    "sweep records": {"task": "verification.sweep_records", "schedule": 300.0},
    "sweep copies": {"task": "verification.sweep_copies", "schedule": 60.0},
    "make checkpoint": {"task": "audit.checkpoint", "schedule": 600.0},
    "sweep stamps": {"task": "sources.sweep_stamps", "schedule": 60.0},
    "copy objects": {"task": "sources.copy_objects", "schedule": 300.0},
    "remove taken down": {"task": "sources.remove_taken_down", "schedule": 600.0},
    "walk fixity": {"task": "sources.walk_fixity", "schedule": 3600.0},
    "sweep orphans": {"task": "sources.sweep_orphans", "schedule": 24 * 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- Cache, files, mail

CACHE_URL = env.text("CACHE_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
STORAGE_URL = env.text("STORAGE_URL", f"file://{VAR_DIR / 'objects'}")
STAGING_DIR = VAR_DIR / "staging"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING

# --- People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/desk/sign-in"
LOGIN_REDIRECT_URL = "/desk/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "desk"
SESSION_COOKIE_PATH = "/desk/"
CSRF_COOKIE_PATH = "/desk/"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS and env.boolean("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Not "no-referrer": browsers then send "Origin: null" with our own forms, which is refused.
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Capture

DEMO_WEB_PORT = env.integer("DEMO_WEB_PORT", 8077)
CAPTURE_LOOPBACK_PORTS = [int(port) for port in env.words("CAPTURE_LOOPBACK_PORTS")]
CAPTURE_OPERATOR = env.text("CAPTURE_OPERATOR", PUBLIC_URL)
CAPTURE_LEASE_SECONDS = env.integer("CAPTURE_LEASE_SECONDS", 90)
# Captures wait while a disk that they write to has less room than this.
CAPTURE_LEAST_FREE_PERCENT = env.number("CAPTURE_LEAST_FREE_PERCENT", 5.0)
# Seconds between two requests to one host; people's captures and schedules alike.
CAPTURE_HOST_INTERVAL = env.number("CAPTURE_HOST_INTERVAL", 2.0)
# Connections of captures at the same time, over all workers: to one host, to one network (/24 of
# IPv4, /56 of IPv6), and in all. 0: no limit.
CAPTURE_HOST_CONNECTIONS = env.integer("CAPTURE_HOST_CONNECTIONS", 2)
CAPTURE_NETWORK_CONNECTIONS = env.integer("CAPTURE_NETWORK_CONNECTIONS", 2)
CAPTURE_CONNECTIONS = env.integer("CAPTURE_CONNECTIONS", 200)
# Captures that one person may ask for within a minute, one by one.
CAPTURE_RATE_PER_MINUTE = env.integer("CAPTURE_RATE_PER_MINUTE", 120)

# --- Evidence: stores, time stamps, replay, pictures (docs/archive.md)

SECOND_STORAGE_URL = env.text("SECOND_STORAGE_URL")
TIMESTAMP_AUTHORITY_URLS = env.words("TIMESTAMP_AUTHORITY_URL")
OPENTIMESTAMPS_URLS = env.words("OPENTIMESTAMPS_URL")
# host:port of authorities and calendars in the operator's own network; nothing else reaches those.
OWN_SERVICES = env.words("OWN_SERVICES")
LOCAL_AUTHORITY_DIR = VAR_DIR / "timestamp-authority"
SNAPSHOT_HOST = env.origin("SNAPSHOT_HOST")
CHROMIUM = env.text("CHROMIUM")

# --- Calibration and audit: docs/calibration.md

# Share of the open claims that is drawn for people to settle, and days from a claim's first score
# to its draw. A share of 0: nothing is drawn.
AUDIT_RATE = env.share("AUDIT_RATE", 0.015)
AUDIT_AFTER_DAYS = env.number("AUDIT_AFTER_DAYS", 7.0)
# Drift is told when chance alone would part the newest settled claims so far from the earlier ones
# less often than this.
CALIBRATION_DRIFT_P = env.share("CALIBRATION_DRIFT_P", 0.01)

# --- API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.KeyPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttles.ClientThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "anonymous": env.text("API_RATE_ANONYMOUS", "120/min"),
        "token": env.text("API_RATE_TOKEN", "1200/min"),
    },
    "EXCEPTION_HANDLER": "core.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Corroborate API",
    "VERSION": "1",
    "DESCRIPTION": "Claims, their evidence and archived copies, statuses and scores.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "verification.api.names.STATUSES",
        "ClaimOutKindEnum": "verification.api.names.KINDS",
    },
}

# --- Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DATETIME_FORMAT = "j M Y, H:i e"

# --- Log and tests

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
MOST_UPLOAD_BYTES = 110_000_000
FILE_UPLOAD_HANDLERS = ["core.uploads.BoundedUpload"]
# Without https (a laptop) there is nothing to redirect to and no cookie to mark secure.
SILENCED_SYSTEM_CHECKS = (
    [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
