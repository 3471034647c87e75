# A person's own account.

account = Konto
account-yours = Ihr Konto
account-name = Name
account-username = Benutzername
account-email = E-Mail
account-unconfirmed = Noch nicht bestätigt
account-groups = Gruppen
account-change = Ändern
account-this-browser = Nur dieser Browser
account-sessions = { $count ->
    [one] { $count } Sitzung
   *[other] { $count } Sitzungen
}
account-apps = { $count ->
    [0] Keine
    [one] { $count } App
   *[other] { $count } Apps
}
account-others = Hier auch angemeldet:
account-add = Ein weiteres Konto hinzufügen
account-back = Zurück zu Ihrem Konto

## Language
language = Sprache
language-lead = Für Seiten und Briefe. Apps können eigene Einstellungen haben.
language-browser = Wie der Browser es sagt
language-chosen = Gewählt

## Devices and sessions
sessions = Geräte und Sitzungen
sessions-lead = Wo Sie angemeldet sind. Melden Sie ab, was Sie nicht kennen, und ändern Sie dann Ihr Passwort.
sessions-here = Dieser Browser
sessions-times = Angemeldet { $since }, zuletzt benutzt { $used }
sessions-times-from = Angemeldet { $since }, zuletzt benutzt { $used }, von { $address }
sessions-apps = Benutzt für { $apps }
sessions-end = Abmelden: { $device }
sessions-end-here = Abmelden: { $device }, dieser Browser
sessions-end-others = Überall sonst abmelden
sessions-end-all = Überall abmelden
sessions-ends-apps = Damit endet auch der Zugriff von Apps, die verbunden bleiben, während Sie nicht da sind. Sie können sich dort jederzeit wieder anmelden.

## Connected apps
apps = Verbundene Apps
apps-none = Keine App nutzt Ihr Konto.
apps-lead = Was Ihr Konto nutzen darf. Entziehen Sie, was Sie nicht mehr brauchen.
apps-allowed = Erlaubt { $when }
apps-allowed-used = Erlaubt { $when }, zuletzt benutzt { $used }
apps-unasked = Braucht keine Erlaubnis
apps-unasked-used = Braucht keine Erlaubnis, zuletzt benutzt { $used }
apps-withdraw = Entziehen
apps-withdraw-from = Entziehen: { $app }
