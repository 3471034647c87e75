// What serves the single-page app: its files, the library, and the settings it starts with.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';

const PAGES = fileURLToPath(new URL('./oidc_client_ts', import.meta.url));
const LIBRARY = join(dirname(fileURLToPath(import.meta.resolve('oidc-client-ts'))), '../browser');

/** `settings`: `issuer`, `clientId`, `scope`, `url` (the app's own). */
export function singlePageApp({ issuer, clientId, scope, url }) {
  const app = express();
  app.get('/settings.json', (request, response) => {
    response.json({
      authority: issuer,
      client_id: clientId,
      redirect_uri: `${url}/`,
      silent_redirect_uri: `${url}/silent.html`,
      post_logout_redirect_uri: `${url}/`,
      scope,
      loadUserInfo: true,
      automaticSilentRenew: false,
    });
  });
  app.use('/library', express.static(LIBRARY));
  app.use(express.static(PAGES));
  return app;
}
