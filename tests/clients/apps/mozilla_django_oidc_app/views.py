"""One page that says who is here, and where signing out continues."""

import json
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines

PAGE = """<!doctype html><title>Django</title><pre>{{ who }}</pre>
<form method="post" action="{% url 'oidc_logout' %}">{% csrf_token %}<button>Sign out</button></form>"""


def told(user):
    if not user.is_authenticated:
        return None
    groups = [group.name for group in user.groups.all()]
    return {"username": user.username, "email": user.email, "groups": groups, "staff": user.is_staff}


def home(request):
    who = json.dumps({"user": told(request.user), "expires": request.session.get("oidc_id_token_expiration")})
    return HttpResponse(engines["django"].from_string(PAGE).render({"who": who}, request))


def grow_old(request):
    """Lets the sign-in be due for renewal now instead of in a quarter of an hour."""
    request.session["oidc_id_token_expiration"] = 0
    return redirect("/")


def provider_logout(request):
    hints = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": request.build_absolute_uri(settings.LOGOUT_REDIRECT_URL),
    }
    return settings.OIDC_OP_LOGOUT_ENDPOINT + "?" + urlencode(hints)
