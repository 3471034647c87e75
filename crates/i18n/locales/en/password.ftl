# Passwords: changed by who knows the old one, or set through a link.

password-change = Change password
password-changed = Password changed
password-is-changed = Your password is changed
password-elsewhere = You stay signed in here. Everywhere else you were signed out.
password-will-end = You stay signed in here and are signed out everywhere else.
password-current = Current password
password-new = New password
password-rules = 12 characters or more. A few words in a row make a good one.
password-wrong = That is not your current password. Check it and try again.
password-short = The new password is too short. It needs 12 characters or more.
password-long = The new password is too long. Choose a shorter one.
password-too-old = This page was open for too long. Please fill it in once more.
password-busy = There is much to do here right now. Please try again in a moment.

## Forgotten
forgot = Forgot password
forgot-lead = We send a link to your e-mail address. With it you set a new one.
forgot-too-old = This page was open for too long, or your browser blocks cookies from here. Please try once more.
forgot-send = Send the link
forgot-no-mail = Nothing can be sent by mail from { $place }. Whoever looks after it can give you a new password.
forgot-back = Back to signing in
sent = Check your mail
sent-lead = If there is an account with an address we know, a letter is on its way.
sent-minutes = { $minutes ->
    [one] The link in it works once, for { $minutes } minute.
   *[other] The link in it works once, for { $minutes } minutes.
}
sent-nothing = Nothing there? Look among the unwanted mail.
sent-again = Ask once more
set = Set a new password
set-button = Set password
set-will-end = You will be signed out everywhere. Then sign in with the new password.
set-done = You were signed out everywhere. Sign in with the new one.
dead-link = This link is no longer good
dead-link-lead = It was used already, there is a newer one, or it is too old.
