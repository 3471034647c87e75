"""The library's views under /oidc/, ours beside them."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home),
    path("grow-old", views.grow_old),
    path("oidc/", include("mozilla_django_oidc.urls")),
]
