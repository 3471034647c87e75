# What many pages say.

## Lists: "Calendar, Notes and Tasks" is put together from its beginning.
list-next = { $list }, { $item }
list-last = { $list } und { $item }

## Times
ago-now = gerade eben
ago-minutes = { $count ->
    [one] vor { $count } Minute
   *[other] vor { $count } Minuten
}
ago-hours = { $count ->
    [one] vor { $count } Stunde
   *[other] vor { $count } Stunden
}
ago-days = { $count ->
    [one] vor { $count } Tag
   *[other] vor { $count } Tagen
}
ago-months = { $count ->
    [one] vor { $count } Monat
   *[other] vor { $count } Monaten
}
date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $time } UTC

## Devices
device = { $browser } auf { $system }
device-of-system = Ein Browser auf { $system }
device-unknown = Ein unbekanntes Gerät

## The foot of a page
languages = Sprache

## Words for whoever looks after this place
pass-on = Für Ihre Administration: { $code }

## The front page
home = Startseite
home-signed-in = Sie sind angemeldet
home-at = bei { $place }
home-others = { $count ->
    [one] Ein weiteres Konto ist hier angemeldet.
   *[other] { $count } weitere Konten sind hier angemeldet.
}
home-headline = Einmal anmelden, für alle Ihre Apps
home-nobody = Das ist { $place }. Hier ist niemand angemeldet.

## On the way back to an app
continue-to = Weiter zu { $place }
continue-lead = Sie sind auf dem Weg zurück zur App.
continue = Weiter

## Caught mail, where nothing is really sent
mail = Post
mail-caught = Hier abgefangen statt verschickt.
mail-from = Von
mail-to = An
mail-sent = Gesendet
mail-html = Als HTML ansehen
mail-none = Noch keine Post
mail-will-be = Briefe, die { $place } verschicken würde, werden hier abgefangen.
mail-others = Andere Briefe
mail-addressed = An { $to }
