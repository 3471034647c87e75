"""Settings of the project; what the provider knows too comes from the environment."""

import os

issuer = os.environ["ISSUER"]

DEBUG = True
SECRET_KEY = "a secret of the app"
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "mozilla_django_oidc_app.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mozilla_django_oidc",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mozilla_django_oidc.middleware.SessionRefresh",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]

AUTHENTICATION_BACKENDS = ["mozilla_django_oidc_app.backend.SignetBackend"]
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

OIDC_RP_CLIENT_ID = os.environ["CLIENT_ID"]
OIDC_RP_CLIENT_SECRET = os.environ["CLIENT_SECRET"]
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "openid profile email groups"
OIDC_USE_PKCE = True
OIDC_TOKEN_USE_BASIC_AUTH = True
OIDC_OP_AUTHORIZATION_ENDPOINT = issuer + "/authorize"
OIDC_OP_TOKEN_ENDPOINT = issuer + "/token"
OIDC_OP_USER_ENDPOINT = issuer + "/userinfo"
OIDC_OP_JWKS_ENDPOINT = issuer + "/jwks"
OIDC_OP_LOGOUT_ENDPOINT = issuer + "/logout"

OIDC_STORE_ID_TOKEN = True  # The logout URL names it as a hint.
OIDC_OP_LOGOUT_URL_METHOD = "mozilla_django_oidc_app.views.provider_logout"
