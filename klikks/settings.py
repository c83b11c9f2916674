"""Settings, read from the environment; `.env.example` names every variable.

With `DEBUG` on, everything but the databases and the broker has a default that suits a developer's machine. With
`DEBUG` off, an incomplete environment ends the start with one line that names the missing variable.
"""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from klikks.unfold import DESK

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def required(name: str, demo: str | None = None) -> str:
    """Return the environment variable `name`; with `DEBUG` on, `demo` stands in for a missing one.

    Ends the process with one line naming the variable when it is missing.
    """
    value = env.str(name, default="") or (demo if DEBUG else None)
    if not value:
        sys.exit(f"klikks: the environment variable {name} is missing; .env.example says what it is for.")
    return value


# Security and addresses
SECRET_KEY = required("SECRET_KEY", demo="only-for-development-and-the-demo-never-for-real-data")
BASE_URL = required("BASE_URL", demo="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = required("ALLOWED_HOSTS", demo="*").split(",")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# The admin theme's own scripts (Alpine.js) evaluate expressions and set styles; see docs/architecture.md.
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# Application
INSTALLED_APPS = [
    "klikks.apps.KlikksConfig",
    "agencies",
    "deadlines",
    "communes",
    "patrons",
    "projects",
    "trainings",
    "reports",
    "website",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "agencies.site.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_rls_tenants",
    "import_export",
    "pghistory",
    "pgtrigger",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "klikks.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "klikks.middleware.BodySizeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "klikks.middleware.SignInMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "klikks.middleware.AgencyMiddleware",
    "klikks.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "agencies.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "klikks.urls"
WSGI_APPLICATION = "klikks.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "agencies.context_processors.access",
            ],
        },
    },
]
INSTALLED_APPS.insert(INSTALLED_APPS.index("unfold.apps.BasicAppConfig"), "django.forms")
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Database. The portal connects as a role that owns nothing and cannot pass the walls between agencies; only
# migrations and the operator's commands connect as the owner of the tables.
DATABASES = {
    "default": {
        **env.db_url_config(required("DATABASE_URL")),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    },
    "owner": env.db_url_config(env.str("OWNER_DATABASE_URL", default="") or required("DATABASE_URL")),
}
DATABASE_ROUTERS = ["klikks.tenancy.OwnerMigratesRouter"]
RLS_TENANTS = {
    "TENANT_MODEL": "agencies.Agency",
    "TENANT_FK_FIELD": "agency",
    "TENANT_PK_TYPE": "bigint",
    "GUC_PREFIX": "klikks",
    "STRICT_MODE": True,
}
# Session settings of the connection are cleared after each request and task, so keeping the connection is safe.
SILENCED_SYSTEM_CHECKS = ["django_rls_tenants.W004"]

# Broker, jobs, cache
BROKER_URL = required("BROKER_URL")
INSTANCE = env.str("INSTANCE", default="klikks")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Europe/Berlin"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = INSTANCE
# A broker that is down must not hold up a request: one short second try, then the row waits for beat.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "socket_connect_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CACHES = {
    "default": {"BACKEND": "klikks.cache.SharedRedisCache", "LOCATION": BROKER_URL, "KEY_PREFIX": f"{INSTANCE}-cache"}
}
# Which function notes in its room that a deadline about one of its objects was ticked off, or moved to another day.
DEADLINE_DONE = {
    "deadlines.task": "deadlines.services.close_with_deadline",
    "projects.project": "projects.planning.milestones.tick_with_deadline",
    "reports.owedreport": "reports.owed.close_with_deadline",
}
DEADLINE_MOVED = {
    "agencies.membership": "deadlines.services.refuse_to_move",
    "patrons.patron": "deadlines.services.refuse_to_move",
    "deadlines.task": "deadlines.services.move_with_deadline",
    "communes.participationwindow": "communes.windows.move_with_deadline",
    "projects.project": "projects.planning.milestones.move_with_deadline",
    "projects.fundingapplication": "projects.funding.services.move_with_deadline",
    "trainings.enrolment": "trainings.dates.move_with_deadline",
    "reports.owedreport": "reports.owed.move_with_deadline",
}
# Which function finds the account of a partner municipality's patron, who does some tasks of its phase plan.
ACCOUNT_OF_PATRON = "patrons.selectors.account_at"
# Which function does the work of which kind of job; see deadlines/jobs.py.
JOB_HANDLERS = {
    "appointment_certificate": "reports.jobs.render_appointment_certificate",
    "appointment_day": "reports.jobs.hold_appointment_day",
    "thanks_certificate": "reports.jobs.render_thanks_certificate",
    "commune_report": "reports.jobs.render_commune_report",
    "insight": "reports.jobs.render_insight",
    "registration_letter": "reports.jobs.render_registration_letter",
    "attendance_list": "reports.jobs.render_attendance_list",
    "training_certificates": "reports.jobs.certify_participants",
    "phase_plan": "reports.jobs.render_phase_plan",
    "exchange_digest": "patrons.exchange.digest.write_digests",
}
# What rooms above communes know about a municipality, for the page on which staff decide about its registration.
CASE_FACTS = ["patrons.matching.near_as_fact"]
# What rooms above patrons know about a patron, for the patron's page on the desk: functions that return a link.
PATRON_FACTS = ["trainings.learning.selectors.as_fact"]
# Which class reads which kind of imported sheet; see agencies/sheets/.
SHEET_RESOURCES = {
    "communes": "communes.imports.CommuneSheet",
    "patrons": "patrons.imports.PatronSheet",
    "projects": "projects.imports.ProjectSheet",
    "funding": "projects.funding.imports.FundingSheet",
}

# What each room adds to the timeline of a municipality; see communes/timeline.py.
TIMELINE_SOURCES = [
    "communes.timeline_sources.SOURCES",
    "patrons.timeline_sources.SOURCES",
    "projects.timeline_sources.SOURCES",
    "trainings.timeline_sources.SOURCES",
    "reports.timeline_sources.SOURCES",
]

# Accounts
AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = ["agencies.accounts.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "website:start"
ACCOUNT_ADAPTER = "website.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by invitation or appointment, which prove the address
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 3
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
ACCOUNT_FORMS = {
    "login": "website.account_forms.LoginForm",
    "request_login_code": "website.account_forms.RequestLoginCodeForm",
    "confirm_login_code": "website.account_forms.ConfirmLoginCodeForm",
    "reset_password": "website.account_forms.ResetPasswordForm",
    "confirm_password_reset_code": "website.account_forms.ConfirmPasswordResetCodeForm",
    "reset_password_from_key": "website.account_forms.NewPasswordForm",
    "change_password": "website.account_forms.ChangePasswordForm",
    "set_password": "website.account_forms.SetPasswordForm",
    "reauthenticate": "website.account_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "website.account_forms.AuthenticateForm",
    "reauthenticate": "website.account_forms.ReauthenticateCodeForm",
    "activate_totp": "website.account_forms.ActivateAppForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # invitation and appointment have proven the address
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "klikks"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=not DEBUG)

# Language and time
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
# Further languages in which the page of a network of twinned towns can be read; docs/languages.md says how to add one.
NETWORK_LANGUAGES = ["pt", "lt"]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["klikks.formats"]
# Fields show no seconds; German takes this from here, English from its own formats.
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Berlin"
USE_THOUSAND_SEPARATOR = True
PHONENUMBER_DEFAULT_REGION = "DE"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# Staff desk
UNFOLD = DESK

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": env.str("S3_BUCKET")}}
        if env.str("S3_BUCKET", default="")
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
REQUEST_MAX_BYTES = 300 * 1024 * 1024  # far above UPLOAD_MAX_BYTES, so that the form itself can say what is too large

# Operation: whoever shows this token reads /metrics/ without signing in
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Mail
EMAIL_CONFIG = env.email_url_config(required("EMAIL_URL", demo="smtp://127.0.0.1:1025"))
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
# How many mails a minute go to one provider (the recipients' domain), and how many connections send at once.
MAILS_PER_MINUTE_AND_PROVIDER = env.int("MAILS_PER_MINUTE_AND_PROVIDER", default=300)
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", default=4)
# Where mails come back to that cannot be delivered, and the mailbox behind it (imaps://user:password@host/INBOX).
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_MAILBOX_URL = env.str("BOUNCE_MAILBOX_URL", default="")
MAIL_TEXTS_KEPT_DAYS = env.int("MAIL_TEXTS_KEPT_DAYS", default=180)
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", demo="klikks <portal@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}
