// An Express app on a port of its own. What the app does is not this file's concern.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** Serves `app` (a request handler) on `port` of the loopback interface until `stop()`. */
export async function serve(app, port) {
  const server = createServer(app);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
