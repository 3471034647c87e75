# Signing in, choosing an account, signing out.

sign-in = Anmelden
sign-in-to = Bei { $app } anmelden
sign-in-again = Noch einmal anmelden
sign-in-again-to = Noch einmal bei { $app } anmelden
sign-in-place = mit Ihrem Konto bei { $place }
sign-in-app-asks = { $app } bittet Sie zu bestätigen, dass Sie es sind.
sign-in-asked = Bitte bestätigen Sie, dass Sie es sind.
sign-in-long-ago = Ihre Anmeldung liegt eine Weile zurück. Bitte bestätigen Sie, dass Sie es sind.
sign-in-no-match = Benutzername und Passwort passen nicht zusammen. Prüfen Sie beide und versuchen Sie es noch einmal.
sign-in-too-old = Diese Seite war zu lange offen. Bitte melden Sie sich noch einmal an.
sign-in-busy = Gerade melden sich viele Menschen an. Bitte versuchen Sie es gleich noch einmal.
too-many-tries = Das waren zu viele Versuche. Warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.
login-label = E-Mail oder Benutzername
password = Passwort
forgot-question = Passwort vergessen?

## The chooser
choose = Ein Konto für { $app } wählen
choose-place = Diese sind bei { $place } angemeldet
choose-as = Weiter als { $name }
choose-more = Mehr Konten
choose-another = Ein anderes Konto verwenden

## Signing out
sign-out = Abmelden
sign-out-question = Abmelden?
sign-out-app-asks = { $app } möchte Sie von { $place } abmelden
sign-out-of = Sie sind bei { $place } angemeldet
sign-out-stay = Angemeldet bleiben
sign-out-alone = In Apps, die Sie geöffnet haben, bleiben Sie vielleicht angemeldet, bis Sie sich auch dort abmelden.
sign-out-with = Sie werden auch von { $apps } abgemeldet. In anderen Apps, die Sie geöffnet haben, bleiben Sie vielleicht angemeldet.
signed-out = Abgemeldet
signed-out-headline = Sie sind abgemeldet
signed-out-lead = Ihre Sitzung bei { $place } ist beendet.
signed-out-close = Sie können diese Seite schließen.
