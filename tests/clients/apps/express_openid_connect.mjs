// An app on express-openid-connect: every route needs a signed-in user, signing out ends the session at the provider too.

import express from 'express';
import session from 'express-session';
import { auth } from 'express-openid-connect';

/** `settings`: `issuer`, `clientId`, `clientSecret`, `url` (the app's own), `backchannelLogout` (whether it listens). */
export function expressOpenidConnectApp({ issuer, clientId, clientSecret, url, backchannelLogout = false }) {
  const app = express();
  app.use(
    auth({
      issuerBaseURL: issuer,
      baseURL: url,
      clientID: clientId,
      clientSecret,
      secret: 'a long random secret of the app',
      idpLogout: true,
      authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
      ...(backchannelLogout && { backchannelLogout: { store: new session.MemoryStore() } }),
    }),
  );

  app.get('/', (request, response) => response.json({ user: request.oidc.user }));

  app.get('/profile', async (request, response) => response.json({ user: await request.oidc.fetchUserInfo() }));

  app.get('/refresh', async (request, response) => {
    const before = request.oidc.accessToken.access_token;
    const { access_token } = await request.oidc.accessToken.refresh();
    response.json({ user: await request.oidc.fetchUserInfo(), renewed: access_token !== before });
  });
  return app;
}
