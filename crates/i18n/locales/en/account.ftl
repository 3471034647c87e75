# A person's own account.

account = Account
account-yours = Your account
account-name = Name
account-username = Username
account-email = E-mail
account-unconfirmed = Not confirmed yet
account-groups = Groups
account-change = Change it
account-this-browser = This browser only
account-sessions = { $count ->
    [one] { $count } session
   *[other] { $count } sessions
}
account-apps = { $count ->
    [0] None
    [one] { $count } app
   *[other] { $count } apps
}
account-others = Also signed in here:
account-add = Add another account
account-back = Back to your account

## Language
language = Language
language-lead = For pages and letters. Apps may have settings of their own.
language-browser = As the browser says
language-chosen = Chosen

## Devices and sessions
sessions = Devices and sessions
sessions-lead = Where you are signed in. Sign out what you do not recognise, then change your password.
sessions-here = This browser
sessions-times = Signed in { $since }, last used { $used }
sessions-times-from = Signed in { $since }, last used { $used }, from { $address }
sessions-apps = Used for { $apps }
sessions-end = Sign out { $device }
sessions-end-here = Sign out { $device }, this browser
sessions-end-others = Sign out everywhere else
sessions-end-all = Sign out everywhere
sessions-ends-apps = This also ends the access of apps that stay connected while you are away. You can sign in to them again at any time.

## Connected apps
apps = Connected apps
apps-none = No app uses your account.
apps-lead = What may use your account. Withdraw what you do not need any more.
apps-allowed = Allowed { $when }
apps-allowed-used = Allowed { $when }, last used { $used }
apps-unasked = Needs no permission
apps-unasked-used = Needs no permission, last used { $used }
apps-withdraw = Withdraw
apps-withdraw-from = Withdraw { $app }
