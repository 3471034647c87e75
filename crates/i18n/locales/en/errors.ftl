# What can go wrong: what happened, what to do, and the way on.

error = Error
error-details = Technical details
error-code = Error
error-description = Description

error-unknown-app = This app is not known here
error-unknown-app-advice = Go back to the app you came from and try again. If this page comes back, the app has to be registered first.
error-return = { $app } asked to return to an address it has not registered
error-return-advice = Nothing was sent there. The people who look after { $app } can put this right.
error-request = The request could not be understood
error-request-advice = Go back to the app you came from and try again.
error-expired = This sign-in is no longer open
error-expired-advice = It was finished already, or it took too long. Start again from the app you came from.
error-expired-from = It was finished already, or it took too long. Start again from { $app }.
error-cookie = Your browser did not send our cookie
error-cookie-advice = Signing in needs cookies from this address. Allow them, then start again from the app or the letter you came from.
error-form = This form could not be accepted
error-form-advice = The page was open for too long, or the browser blocks cookies. Open it once more and repeat what you did.
error-page = There is no such page
error-page-advice = The address may be mistyped, or the link may be old.
error-method = This address cannot be opened like that
error-method-advice = It is meant for apps, or for a form on one of our pages. Go back to where you came from and start again.
error-often = That was a little too often
error-often-advice = Wait a few minutes, then try again.
error-network = Too many sign-ins were begun from your network
error-network-advice = Wait a few minutes, then go back to the app and start again.
error-busy = We cannot do this right now
error-busy-advice = Nothing is lost. Please try again in a moment.
error-internal = Something went wrong on our side
error-internal-advice = It is not your fault. Please try again in a moment.
error-name = This server does not go by that name
error-name-advice = The link you followed may be old. The people who look after the app you came from can put it right.
error-headers = Your browser sent more than we read
error-headers-advice = Remove the cookies it keeps for this address, then start again.
error-address = That address is too long
error-address-advice = Go back to the app you came from and start again.
error-unreadable = This request cannot be read
error-unreadable-advice = Go back to the app and try again. If it happens again, tell whoever runs the app.
error-long = That is too long
error-long-advice = Go back and try something shorter.

## Ways on
way-again = Try again
way-home = Go to the front page
way-start = Start again
way-back = Back to { $app }
way-to = Go to { $place }
way-accounts = Show the accounts again
way-request = Show the request again
way-link = Ask for a new link
