"""A Django project with mozilla-django-oidc as its documentation installs it."""
