// An app on passport-openidconnect, as its README has it. The strategy knows neither discovery, PKCE, refreshing nor logout:
// the endpoints are settings, and the app itself leads to the provider's logout.

import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';

/** `settings`: `provider` (its discovery document), `clientId`, `clientSecret`, `url` (the app's own). */
export function passportApp({ provider, clientId, clientSecret, url }) {
  const authenticator = new passport.Passport();
  authenticator.serializeUser((user, done) => done(null, user));
  authenticator.deserializeUser((user, done) => done(null, user));
  authenticator.use(strategy({ provider, clientId, clientSecret, url }));

  const app = express();
  app.use(session({ name: 'passport', secret: 'a secret of the app', resave: false, saveUninitialized: false }));
  app.use(authenticator.session());

  app.get('/', (request, response) => response.json({ user: request.user?.profile ?? null }));
  app.get('/login', authenticator.authenticate('openidconnect'));
  app.get(
    '/callback',
    authenticator.authenticate('openidconnect', { failureRedirect: '/', failureMessage: true }),
    (request, response) => response.redirect('/'),
  );
  app.get('/logout', (request, response, next) => {
    const to = new URL(provider.end_session_endpoint);
    to.searchParams.set('id_token_hint', request.user.idToken);
    to.searchParams.set('post_logout_redirect_uri', `${url}/`);
    request.logout((error) => (error ? next(error) : response.redirect(to.href)));
  });
  return app;
}

function strategy({ provider, clientId, clientSecret, url }) {
  const settings = {
    issuer: provider.issuer,
    authorizationURL: provider.authorization_endpoint,
    tokenURL: provider.token_endpoint,
    userInfoURL: provider.userinfo_endpoint,
    clientID: clientId,
    clientSecret,
    callbackURL: `${url}/callback`,
    scope: ['profile', 'email'],
    nonce: true,
    skipUserProfile: false, // Ask userinfo; the strategy counts the parameters below to guess, and guesses no.
  };
  return new OpenIDConnectStrategy(settings, (issuer, profile, context, idToken, done) =>
    done(null, { profile, idToken }),
  );
}
