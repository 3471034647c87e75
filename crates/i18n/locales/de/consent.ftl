# What an app asks for, and the person's answer.

consent-title = Zugriff für { $app } erlauben
consent-by-name = Darf { $app } Ihr Konto nutzen?
consent-app-at = Die App bei { $host }
consent-calls-itself = Sie nennt sich { $app }
consent-by-device = Darf eine App auf diesem Gerät Ihr Konto nutzen?
consent-on-device = Sie nennt sich { $app }. Fahren Sie nur fort, wenn Sie sie gerade geöffnet haben.
consent-not-you = Nicht Sie?
consent-choose = Ein anderes Konto wählen
consent-scopes = Was sie sehen und tun darf
consent-apis = Wo sie das für Sie tun darf
consent-new = Neu
consent-allow = Erlauben
consent-deny = Ablehnen
consent-return = In beiden Fällen kehren Sie zu { $host } zurück.
consent-return-to-app = In beiden Fällen kehren Sie zur App zurück.

## Scopes
scope-openid = Wissen, dass Sie es sind
scope-openid-means = Eine Kennung für Ihr Konto, die gleich bleibt.
scope-profile = Ihr Profil
scope-profile-means = Ihr Name, Benutzername, Bild und Ihre Sprache.
scope-email = Ihre E-Mail-Adresse
scope-email-means = Die Adresse, und ob sie bestätigt wurde.
scope-address = Ihre Postanschrift
scope-address-means = Die Anschrift in Ihrem Profil.
scope-phone = Ihre Telefonnummer
scope-phone-means = Die Nummer, und ob sie bestätigt wurde.
scope-groups = Ihre Gruppen
scope-groups-means = Die Namen der Gruppen, zu denen Sie gehören.
scope-roles = Ihre Rollen
scope-roles-means = Was Sie in den Apps hier tun dürfen.
scope-offline_access = Verbunden bleiben
scope-offline_access-means = Diesen Zugriff behalten, während Sie nicht da sind.
scope-counts-at = Bei { $apis }.
