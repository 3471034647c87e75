# What many pages say.

## Lists: "Calendar, Notes and Tasks" is put together from its beginning.
list-next = { $list }, { $item }
list-last = { $list } and { $item }

## Times
ago-now = just now
ago-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
ago-months = { $count ->
    [one] { $count } month ago
   *[other] { $count } months ago
}
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }, { $time } UTC

## Devices
device = { $browser } on { $system }
device-of-system = A browser on { $system }
device-unknown = An unknown device

## The foot of a page
languages = Language

## Words for whoever looks after this place
pass-on = Tell your administrator: { $code }

## The front page
home = Home
home-signed-in = You are signed in
home-at = at { $place }
home-others = { $count ->
    [one] One more account is signed in here.
   *[other] { $count } more accounts are signed in here.
}
home-headline = Sign in once, for all your apps
home-nobody = This is { $place }. Nobody is signed in here.

## On the way back to an app
continue-to = Continue to { $place }
continue-lead = You are on your way back to the app.
continue = Continue

## Caught mail, where nothing is really sent
mail = Mail
mail-caught = Caught here instead of sent.
mail-from = From
mail-to = To
mail-sent = Sent
mail-html = See it as HTML
mail-none = No mail yet
mail-will-be = Letters that { $place } would send are caught here.
mail-others = Other letters
mail-addressed = To { $to }
