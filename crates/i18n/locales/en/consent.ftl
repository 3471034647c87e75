# What an app asks for, and the person's answer.

consent-title = Allow access for { $app }
consent-by-name = Allow { $app } to use your account?
consent-app-at = The app at { $host }
consent-calls-itself = It calls itself { $app }
consent-by-device = Allow an app on this device to use your account?
consent-on-device = It calls itself { $app }. Continue only if you have just opened it.
consent-not-you = Not you?
consent-choose = Choose another account
consent-scopes = What it may see and do
consent-apis = Where it may do this for you
consent-new = New
consent-allow = Allow
consent-deny = Deny
consent-return = Either way, you return to { $host }.
consent-return-to-app = Either way, you return to the app.

## Scopes
scope-openid = Know that it is you
scope-openid-means = An identifier for your account that stays the same.
scope-profile = Your profile
scope-profile-means = Your name, username, picture and language.
scope-email = Your e-mail address
scope-email-means = The address, and whether it has been confirmed.
scope-address = Your postal address
scope-address-means = The address in your profile.
scope-phone = Your phone number
scope-phone-means = The number, and whether it has been confirmed.
scope-groups = Your groups
scope-groups-means = The names of the groups you belong to.
scope-roles = Your roles
scope-roles-means = What you may do in the apps of this place.
scope-offline_access = Stay connected
scope-offline_access-means = Keep this access while you are away.
scope-counts-at = At { $apis }.
