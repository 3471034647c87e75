// An app on openid-client, as its quick start has it: discovery, code with PKCE, userinfo, refresh, logout.

import express from 'express';
import session from 'express-session';
import * as client from 'openid-client';

/** `settings`: `issuer`, `clientId`, `clientSecret`, `url` (the app's own). */
export async function openidClientApp({ issuer, clientId, clientSecret, url }) {
  const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    execute: [client.allowInsecureRequests], // Loopback speaks http; a provider elsewhere does not need this line.
  });
  const app = express();
  app.use(session({ name: 'openid-client', secret: 'a secret of the app', resave: false, saveUninitialized: false }));

  app.get('/', (request, response) => {
    response.json({ user: request.session.user ?? null });
  });

  app.get('/login', async (request, response) => {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    request.session.pending = { verifier, state, nonce };
    const to = client.buildAuthorizationUrl(config, {
      redirect_uri: `${url}/callback`,
      scope: 'openid profile email groups offline_access',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    response.redirect(to.href);
  });

  app.get('/callback', async (request, response) => {
    const { verifier, state, nonce } = request.session.pending;
    const tokens = await client.authorizationCodeGrant(config, new URL(request.originalUrl, url), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    request.session.tokens = tokens;
    request.session.user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    response.redirect('/');
  });

  app.get('/refresh', async (request, response) => {
    const before = request.session.tokens;
    const tokens = await client.refreshTokenGrant(config, before.refresh_token);
    request.session.tokens = { ...before, ...tokens };
    response.json({
      user: await client.fetchUserInfo(config, tokens.access_token, request.session.user.sub),
      renewed: tokens.access_token !== before.access_token && tokens.refresh_token !== before.refresh_token,
    });
  });

  app.get('/introspect', async (request, response) => {
    response.json(await client.tokenIntrospection(config, request.session.tokens.access_token));
  });

  app.get('/revoke', async (request, response) => {
    await client.tokenRevocation(config, request.session.tokens.refresh_token);
    const outcome = await client.refreshTokenGrant(config, request.session.tokens.refresh_token).then(
      () => 'refreshed',
      (error) => error.error,
    );
    response.json({ outcome });
  });

  app.get('/logout', (request, response) => {
    const to = client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: `${url}/`,
      id_token_hint: request.session.tokens.id_token,
    });
    request.session.destroy(() => response.redirect(to.href));
  });
  return { app, config };
}
