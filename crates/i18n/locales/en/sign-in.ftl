# Signing in, choosing an account, signing out.

sign-in = Sign in
sign-in-to = Sign in to { $app }
sign-in-again = Sign in again
sign-in-again-to = Sign in again to { $app }
sign-in-place = with your account at { $place }
sign-in-app-asks = { $app } asks you to confirm it is you.
sign-in-asked = Please confirm it is you.
sign-in-long-ago = You signed in a while ago. Please confirm it is you.
sign-in-no-match = That username and password do not match. Check both and try again.
sign-in-too-old = This page was open for too long. Please sign in once more.
sign-in-busy = Many people are signing in right now. Please try again in a moment.
too-many-tries = There were too many tries. Wait a few minutes, then try again.
login-label = E-mail or username
password = Password
forgot-question = Forgot your password?

## The chooser
choose = Choose an account for { $app }
choose-place = These are signed in at { $place }
choose-as = Continue as { $name }
choose-more = More accounts
choose-another = Use another account

## Signing out
sign-out = Sign out
sign-out-question = Sign out?
sign-out-app-asks = { $app } asks to sign you out of { $place }
sign-out-of = You are signed in at { $place }
sign-out-stay = Stay signed in
sign-out-alone = Apps you have open may keep you signed in until you sign out there too.
sign-out-with = You will be signed out of { $apps } too. Other apps you have open may keep you signed in.
signed-out = Signed out
signed-out-headline = You are signed out
signed-out-lead = Your session at { $place } has ended.
signed-out-close = You can close this page.
