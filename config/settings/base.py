"""Everything that can be set. What decides about people (fees, windows, pass marks) is dated rows, not settings."""

import secrets
import sys
from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.databases import database_from_url
from config.env import read_environment
from config.outside import outside_from
from config.stores import snapshot_store

BASE_DIR = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = read_environment()
JINBANG_HOME = Path(ENVIRONMENT.text("JINBANG_HOME", str(BASE_DIR / "var" / "local"))).resolve()


def kept_secret(name: str) -> str:
    """Return a secret kept in a file of the home folder, making it (readable by its owner only) on first use."""
    path = JINBANG_HOME / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64), encoding="utf-8")
    return path.read_text(encoding="utf-8")


SECRET_KEY = ENVIRONMENT.text("JINBANG_SECRET_KEY") or kept_secret("secret_key")
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.names("JINBANG_ALLOWED_HOSTS", "localhost,127.0.0.1")

INSTALLED_APPS = [
    "jinbang.audit",
    "jinbang.people",
    "jinbang.catalogue",
    "jinbang.sittings",
    "jinbang.application",
    "jinbang.payment",
    "jinbang.seating",
    "jinbang.attendance",
    "jinbang.results",
    "jinbang.lookup",
    "jinbang.recheck",
    "jinbang.messaging",
    "jinbang.portal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jinbang.portal.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "jinbang.portal.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": database_from_url(
        ENVIRONMENT.text("JINBANG_DATABASE_URL", f"sqlite:///{JINBANG_HOME / 'jinbang.sqlite3'}")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------- people and sessions
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "jinbang.people.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "jinbang.people.passwords.Uncommon"},
    {
        "NAME": "jinbang.people.passwords.UnlikeOneself",
        "OPTIONS": {"user_attributes": ("username", "phone", "email", "display_name")},
    },
]
ACCOUNT_ADAPTER = "jinbang.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*", "password2*"]
# Codes are our own work (`people.codes`): sent, counted and used up in the database, whichever process is asked.
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
# By network, generously: a whole school may sign in behind one address. What is counted by account stands in
# `people.limits`; `login_failed` is what remains for guesses at a second factor, by account.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "5/300s/key"}
ACCOUNT_FORMS = {
    "login": "jinbang.people.forms.SignInForm",
    "change_password": "jinbang.people.forms.NewPasswordForm",
    "reauthenticate": "jinbang.people.forms.PasswordAgainForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
SOCIALACCOUNT_ADAPTER = "jinbang.people.outside.adapters.OutsideAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_ADAPTER = "jinbang.people.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "jinbang.people.forms.SecondFactorForm",
    "reauthenticate": "jinbang.people.forms.SecondFactorAgainForm",
    "activate_totp": "jinbang.people.forms.ActivateAppForm",
    "add_webauthn": "jinbang.people.forms.PasskeyForm",
    "edit_webauthn": "jinbang.people.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey is possession and, by PIN, finger or face, its holder: without the second half it would be one factor only.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "金榜"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "jinbang.portal.views.problems.forbidden"

# What the library remembers for a while (used authenticator codes, its own limits) holds for every process alike.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "people_cache"}}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.number("JINBANG_TRUSTED_PROXIES")

# ---------------------------------------------------------------- safety of pages
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# ---------------------------------------------------------------- files that everybody may read
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS: list[object] = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "jinbang.portal.assets.PackagesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "jinbang.portal.assets.AssetStorage"},
    # Sealed snapshots on their way to the lookup nodes; by default the folder itself, which one machine shares anyway.
    "snapshots": snapshot_store(ENVIRONMENT.text("JINBANG_SNAPSHOT_STORE"), default=JINBANG_HOME / "snapshots"),
}

# ---------------------------------------------------------------- Jinbang's own
JINBANG_KEY_RING = Path(ENVIRONMENT.text("JINBANG_KEY_RING", str(JINBANG_HOME / "key_ring.json")))
# A fresh ring in place of a lost one would lose everything sealed: only local and test may make one.
JINBANG_MAKE_KEY_RING = False
JINBANG_CODE_SENDER = "jinbang.messaging.adapters.code_sender"
# Who knows which days are worked stands in a later phase than those who ask.
JINBANG_WORKDAYS = "jinbang.sittings.queries.workday_calendar"
JINBANG_FILES = JINBANG_HOME / "files"
JINBANG_SNAPSHOTS = JINBANG_HOME / "snapshots"
JINBANG_KEY_HOLDER = ENVIRONMENT.text("JINBANG_KEY_HOLDER")
JINBANG_POINTER_KEYS = ENVIRONMENT.text("JINBANG_POINTER_KEYS")
JINBANG_DEMO = ENVIRONMENT.flag("JINBANG_DEMO")
JINBANG_TAKES_HEIF = ENVIRONMENT.flag("JINBANG_TAKES_HEIF", default=True)
JINBANG_CLOCK_SHIFT_SECONDS = ENVIRONMENT.number("JINBANG_CLOCK_SHIFT")
JINBANG_PUBLIC_URL = ENVIRONMENT.text("JINBANG_PUBLIC_URL", "http://localhost:8000")
JINBANG_TRUSTED_PROXIES = ENVIRONMENT.number("JINBANG_TRUSTED_PROXIES")
JINBANG_AUTHORITY_NAME = ENVIRONMENT.text("JINBANG_AUTHORITY_NAME", "金榜考试中心")
JINBANG_AUTHORITY_PHONE = ENVIRONMENT.text("JINBANG_AUTHORITY_PHONE", "0351-0000000")
JINBANG_ICP_NUMBER = ENVIRONMENT.text("JINBANG_ICP_NUMBER")
JINBANG_POLICE_NUMBER = ENVIRONMENT.text("JINBANG_POLICE_NUMBER")
# Buttons for signing in through an outside identity stand only for what is set here.
JINBANG_OUTSIDE = outside_from(
    ENVIRONMENT,
    demo=JINBANG_DEMO,
    public_url=JINBANG_PUBLIC_URL,
    secret=kept_secret("demo_identity") if JINBANG_DEMO else "",
)
# Who checks real names and diplomas. Without a service, only what a number says of itself is looked at.
JINBANG_VERIFICATION_URL, JINBANG_VERIFICATION_SECRET = ENVIRONMENT.together(
    "JINBANG_VERIFICATION_URL", "JINBANG_VERIFICATION_SECRET"
) or ("", "")

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "no-reply@localhost"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
