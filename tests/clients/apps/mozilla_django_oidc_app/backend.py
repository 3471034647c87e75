"""Who somebody is here, by what the provider says of them."""

from django.contrib.auth.models import Group
from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class SignetBackend(OIDCAuthenticationBackend):
    """Knows people by `sub`, which is nobody else's ever, and keeps their groups as the provider has them."""

    def get_username(self, claims):
        return claims["sub"]

    def filter_users_by_claims(self, claims):
        return self.UserModel.objects.filter(username=claims["sub"])

    def create_user(self, claims):
        return self.update_user(super().create_user(claims), claims)

    def update_user(self, user, claims):
        names = claims.get("groups", [])
        user.email = claims.get("email", "")
        user.first_name = claims.get("given_name", "")
        user.last_name = claims.get("family_name", "")
        user.is_staff = "staff" in names
        user.save()
        user.groups.set([Group.objects.get_or_create(name=name)[0] for name in names])
        return user
