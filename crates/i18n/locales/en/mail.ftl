# Letters.

letter-hello = Hello { $name },
letter-hello-nobody = Hello,
letter-foot = This letter was written by a program. Nobody reads answers to it.
letter-subject = { $headline } ({ $place })

letter-reset = Choose a new password
letter-reset-asked = Somebody asked for a new password for your account at { $place }. If it was you, open this page and choose one.
letter-reset-copy = If the button does nothing, copy this address:
letter-reset-minutes = { $count ->
    [one] The link works once and for { $count } minute. If it was not you, do nothing: your password stays as it is.
   *[other] The link works once and for { $count } minutes. If it was not you, do nothing: your password stays as it is.
}
letter-reset-hours = { $count ->
    [one] The link works once and for { $count } hour. If it was not you, do nothing: your password stays as it is.
   *[other] The link works once and for { $count } hours. If it was not you, do nothing: your password stays as it is.
}

letter-changed = Your password was changed
letter-changed-at = The password of your account at { $place } was changed on { $date }.
letter-changed-by-person = It was changed by somebody who was signed in and knew the old one.
letter-changed-by-link = It was changed with a link that we had sent to this address.
letter-changed-by-administrator = An administrator changed it.
letter-changed-advice = If you know of this, there is nothing to do. If you do not, ask for a new password at once and tell your administrator:

letter-reused = An app was signed out
letter-reused-by = An app, { $app }, used a key to your account at { $place } that had been used up before. This was on { $date }.
letter-reused-by-one = One of your apps used a key to your account at { $place } that had been used up before. This was on { $date }.
letter-reused-means = It happens when somebody has a copy of the key, and sometimes when an app makes a mistake. To be safe, the app has been signed out. You can sign in to it again.
letter-reused-advice = If you have not used it lately, change your password and tell your administrator:
