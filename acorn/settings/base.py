"""All settings. Each comes from the environment through `acorn.env`; `.env.example` documents every variable."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from acorn import env as environment
from acorn.core import logs

BASE_DIR = environment.ROOT
ACORN_HOME = environment.home()
env = environment.load()

# --- What must be there -------------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "No settings found: neither SECRET_KEY in the environment nor services.json in "
        f"{ACORN_HOME}. Run `make up` first, or set the variables that .env.example lists."
    )
# "k2:<base64 of 32 bytes>,k1:…": the first key seals credentials, all open them.
ACORN_SECRET_KEYS = env.str("ACORN_SECRET_KEYS")

DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Parts --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "django_structlog",
    "csp",
    "acorn.tenancy",
    "acorn.work",
    "acorn.search",
    "acorn.files",
    "acorn.audit",
    "acorn.jobs",
    "acorn.accounts",
    "acorn.alerts",
    "acorn.usage",
    "acorn.rest",
    "acorn.ui",
    "acorn.imports",
    "acorn.console",
    "vendors",
    "catalog",
    "orders",
    "shipments",
    "invoices",
    "storefronts",
    "reconciliation",
    "planning",
    "dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "acorn.accounts.middleware.PersonMiddleware",
    "acorn.ui.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "acorn.urls"
WSGI_APPLICATION = "acorn.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "acorn.ui.context.page",
            ],
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------------
# `default` is the runtime role, which owns nothing; `owner` migrates and is absent where DATABASE_OWNER_URL is.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    # a named cursor outlives the one message that carries the tenant
    "DISABLE_SERVER_SIDE_CURSORS": True,
}
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = env.db_url("DATABASE_OWNER_URL")
for _database in DATABASES.values():  # a host that does not answer is an error soon, not a page that hangs
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASE_BACKUP_ROLE = env.str("DATABASE_BACKUP_ROLE", default="app_backup")

# --- Broker, cache, jobs ------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL")  # database 0 is the broker's and the throttle's, 1 the cache's
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.rsplit("/", 1)[0] + "/1",
        "KEY_PREFIX": "acorn",
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True  # the Job row holds the result
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "jobs.tick", "schedule": env.float("JOBS_TICK_SECONDS", default=60.0)},
}
CELERY_BEAT_SCHEDULER = "acorn.celery:BeatScheduler"
JOBS_IN_FLIGHT_PER_TENANT = env.int("JOBS_IN_FLIGHT_PER_TENANT", default=4)
JOBS_LEASE_SECONDS = env.int("JOBS_LEASE_SECONDS", default=120)
JOBS_REPUBLISH_SECONDS = env.int("JOBS_REPUBLISH_SECONDS", default=60)
HEARTBEAT_STALE_SECONDS = 90

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique by an index on its lower case
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "acorn.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "acorn.accounts.adapter.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key,100/15m/ip"}  # locked out after 10 failures
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "ACORN"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "acorn_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "acorn_csrf"
CSRF_FAILURE_VIEW = "acorn.ui.errors.csrf_failure"

# --- Safety -------------------------------------------------------------------------------------------------------
# BEHIND_TLS=1 says that a proxy terminates TLS and sets X-Forwarded-Proto.
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)
# Without it every sign-in behind the proxy would count as one address, and one attacker would lock out all.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if BEHIND_TLS else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an answer to an order of a thousand lines has seven thousand
# Nothing that a stranger sends goes to the disk; a page that takes large files says so with handlers of its own.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# --- Language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "acorn" / "locale"]
LANGUAGE_COOKIE_NAME = "acorn_language"

# --- Files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(ACORN_HOME / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(ACORN_HOME / "files")))

# What one imported file may have; a workbook also may not unfold to more than a gigabyte.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=50_000_000)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=200_000)

# --- Mail ---------------------------------------------------------------------------------------------------------
# Without EMAIL_URL mail is written to a folder that the Mail page shows.
EMAIL_FILE_PATH = ACORN_HOME / "mail"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "acorn.accounts.filebox.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="ACORN <acorn@localhost>")

# --- Amazon -------------------------------------------------------------------------------------------------------
SPAPI_ENDPOINTS = {
    region: env.str(f"SPAPI_ENDPOINT_{region}", default=f"https://sellingpartnerapi-{region.lower()}.amazon.com")
    for region in ("NA", "EU", "FE")
}
SPAPI_SANDBOX_ENDPOINTS = {
    region: env.str(
        f"SPAPI_SANDBOX_ENDPOINT_{region}", default=f"https://sandbox.sellingpartnerapi-{region.lower()}.amazon.com"
    )
    for region in ("NA", "EU", "FE")
}
SPAPI_SIMULATOR_ENDPOINT = env.str("SPAPI_SIMULATOR_ENDPOINT", default="http://127.0.0.1:8100")
LWA_TOKEN_URL = env.str("LWA_TOKEN_URL", default="https://api.amazon.com/auth/o2/token")
LWA_TOKEN_URL_SIMULATOR = env.str("LWA_TOKEN_URL_SIMULATOR", default=f"{SPAPI_SIMULATOR_ENDPOINT}/auth/o2/token")
# for the demo, which asks the simulator what its companies sell
SIMULATOR_CONTROL_TOKEN = env.str("SIMULATOR_CONTROL_TOKEN", default="")
EXCHANGE_RETENTION_MONTHS = env.int("EXCHANGE_RETENTION_MONTHS", default=12)
SYNC_INTERVAL_SECONDS = env.int("SYNC_INTERVAL_SECONDS", default=900)
# how long an unknown outcome is read before its next step, and a document processed before it counts as accepted; in the
# simulator never longer than there
SUBMISSION_READBACK_SECONDS = env.int("SUBMISSION_READBACK_SECONDS", default=1800)
SUBMISSION_PRESUMED_SECONDS = env.int("SUBMISSION_PRESUMED_SECONDS", default=900)
SUBMISSION_SIMULATOR_READBACK_SECONDS = env.int(
    "SUBMISSION_SIMULATOR_READBACK_SECONDS", default=env.int("SUBMISSION_READBACK_SECONDS", default=120)
)
SUBMISSION_SIMULATOR_PRESUMED_SECONDS = env.int(
    "SUBMISSION_SIMULATOR_PRESUMED_SECONDS", default=env.int("SUBMISSION_PRESUMED_SECONDS", default=60)
)
# a worker that began to send a document and was not heard of for so long counts as lost
SUBMISSION_LEASE_SECONDS = env.int("SUBMISSION_LEASE_SECONDS", default=120)

# --- REST ---------------------------------------------------------------------------------------------------------
# how long a request waits for its twin with the same Idempotency-Key
IDEMPOTENCY_WAIT_SECONDS = env.float("IDEMPOTENCY_WAIT_SECONDS", default=10.0)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["acorn.rest.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["acorn.rest.permissions.HasRight"],
    "DEFAULT_PAGINATION_CLASS": "acorn.rest.paging.KeysetPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["acorn.rest.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "acorn.rest.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "acorn.rest.errors.handle",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ACORN API",
    "DESCRIPTION": "Operations platform for Amazon Vendor (1P) suppliers. Money is a string, time is RFC 3339 in UTC.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ImportModeEnum": "acorn.imports.types.ImportMode",
        "ImportStateEnum": "acorn.imports.types.ImportState",
        "RowKindEnum": "acorn.imports.types.RowKind",
        "ColumnKindEnum": "acorn.imports.serializers.COLUMN_KINDS",
        "HoldKindEnum": "orders.types.HoldKind",
        "EntryKindEnum": "catalog.types.EntryKind",
        "IdentifierKindEnum": "catalog.types.IdentifierKind",
        "PartyKindEnum": "catalog.types.PartyKind",
        "PoolEnum": "catalog.types.Pool",
        "RejectionReasonEnum": "orders.types.RejectionReason",
        "SyncStateEnum": "vendors.types.SyncState",
        "SubmissionStateEnum": "vendors.types.SubmissionState",
        "OrderStateEnum": "orders.types.OrderState",
        "AnswerModeEnum": "orders.types.AnswerMode",
        "ShipmentStateEnum": "shipments.types.ShipmentState",
        "AsnStateEnum": "shipments.types.AsnState",
        "ShipmentModeEnum": "shipments.types.Mode",
        "AppointmentStatusEnum": "shipments.types.AppointmentStatus",
        "PickupActionEnum": "shipments.types.PickupAction",
        "ProposalActionEnum": "catalog.types.ProposalAction",
        "IdentifierStateEnum": "catalog.types.IdentifierState",
        "CostStatusEnum": "catalog.types.CostStatus",
        "ItemStatusEnum": "catalog.types.ItemStatus",
        "ProposalStateEnum": "catalog.types.ProposalState",
    },
}

# --- Log ----------------------------------------------------------------------------------------------------------
LOGGING = logs.configure(env.str("LOG_LEVEL", default="INFO"), env.str("LOG_FORMAT", default="line"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # /healthz must answer while the database does not
