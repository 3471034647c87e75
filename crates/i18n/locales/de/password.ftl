# Passwords: changed by who knows the old one, or set through a link.

password-change = Passwort ändern
password-changed = Passwort geändert
password-is-changed = Ihr Passwort ist geändert
password-elsewhere = Hier bleiben Sie angemeldet. Überall sonst wurden Sie abgemeldet.
password-will-end = Hier bleiben Sie angemeldet, überall sonst werden Sie abgemeldet.
password-current = Bisheriges Passwort
password-new = Neues Passwort
password-rules = 12 Zeichen oder mehr. Ein paar Wörter hintereinander sind ein gutes.
password-wrong = Das ist nicht Ihr bisheriges Passwort. Prüfen Sie es und versuchen Sie es noch einmal.
password-short = Das neue Passwort ist zu kurz. Es braucht 12 Zeichen oder mehr.
password-long = Das neue Passwort ist zu lang. Wählen Sie ein kürzeres.
password-too-old = Diese Seite war zu lange offen. Bitte füllen Sie sie noch einmal aus.
password-busy = Hier ist gerade viel zu tun. Bitte versuchen Sie es gleich noch einmal.

## Forgotten
forgot = Passwort vergessen
forgot-lead = Wir schicken einen Link an Ihre E-Mail-Adresse. Damit setzen Sie ein neues.
forgot-too-old = Diese Seite war zu lange offen, oder Ihr Browser nimmt von hier keine Cookies an. Bitte versuchen Sie es noch einmal.
forgot-send = Link schicken
forgot-no-mail = Von { $place } kann nichts per E-Mail verschickt werden. Wer sich darum kümmert, kann Ihnen ein neues Passwort geben.
forgot-back = Zurück zur Anmeldung
sent = Sehen Sie in Ihre Post
sent-lead = Wenn es ein Konto mit einer Adresse gibt, die wir kennen, ist ein Brief unterwegs.
sent-minutes = { $minutes ->
    [one] Der Link darin gilt einmal, { $minutes } Minute lang.
   *[other] Der Link darin gilt einmal, { $minutes } Minuten lang.
}
sent-nothing = Nichts da? Sehen Sie bei der unerwünschten Post nach.
sent-again = Noch einmal schicken
set = Ein neues Passwort setzen
set-button = Passwort setzen
set-will-end = Sie werden überall abgemeldet. Melden Sie sich dann mit dem neuen Passwort an.
set-done = Sie wurden überall abgemeldet. Melden Sie sich mit dem neuen an.
dead-link = Dieser Link gilt nicht mehr
dead-link-lead = Er wurde schon benutzt, es gibt einen neueren, oder er ist zu alt.
