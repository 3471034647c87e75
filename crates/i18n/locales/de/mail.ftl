# Letters.

letter-hello = Guten Tag { $name },
letter-hello-nobody = Guten Tag,
letter-foot = Diesen Brief hat ein Programm geschrieben. Antworten darauf liest niemand.
letter-subject = { $headline } ({ $place })

letter-reset = Wählen Sie ein neues Passwort
letter-reset-asked = Jemand hat um ein neues Passwort für Ihr Konto bei { $place } gebeten. Wenn Sie es waren, öffnen Sie diese Seite und wählen Sie eines.
letter-reset-copy = Wenn der Knopf nichts tut, kopieren Sie diese Adresse:
letter-reset-minutes = { $count ->
    [one] Der Link gilt einmal und { $count } Minute lang. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
   *[other] Der Link gilt einmal und { $count } Minuten lang. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
}
letter-reset-hours = { $count ->
    [one] Der Link gilt einmal und { $count } Stunde lang. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
   *[other] Der Link gilt einmal und { $count } Stunden lang. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
}

letter-changed = Ihr Passwort wurde geändert
letter-changed-at = Das Passwort Ihres Kontos bei { $place } wurde am { $date } geändert.
letter-changed-by-person = Geändert hat es jemand, der angemeldet war und das alte kannte.
letter-changed-by-link = Geändert wurde es mit einem Link, den wir an diese Adresse geschickt hatten.
letter-changed-by-administrator = Die Administration hat es geändert.
letter-changed-advice = Wenn Sie davon wissen, ist nichts zu tun. Wenn nicht, fordern Sie sofort ein neues Passwort an und sagen Sie es Ihrer Administration:

letter-reused = Eine App wurde abgemeldet
letter-reused-by = Eine App, { $app }, hat einen Schlüssel zu Ihrem Konto bei { $place } benutzt, der schon verbraucht war. Das war am { $date }.
letter-reused-by-one = Eine Ihrer Apps hat einen Schlüssel zu Ihrem Konto bei { $place } benutzt, der schon verbraucht war. Das war am { $date }.
letter-reused-means = Das geschieht, wenn jemand eine Kopie des Schlüssels hat, und manchmal, wenn eine App einen Fehler macht. Zur Sicherheit wurde die App abgemeldet. Sie können sich dort wieder anmelden.
letter-reused-advice = Wenn Sie die App in letzter Zeit nicht benutzt haben, ändern Sie Ihr Passwort und sagen Sie es Ihrer Administration:
