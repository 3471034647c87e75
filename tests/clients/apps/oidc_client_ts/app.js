// A single-page app on oidc-client-ts. It has no server: what is here runs in the browser, and talks to the provider itself.

async function main() {
  const manager = new oidc.UserManager(await (await fetch('/settings.json')).json());

  if (new URLSearchParams(location.search).has('code')) {
    await manager.signinCallback();
    history.replaceState(null, '', '/');
  }
  show('here', await manager.getUser());

  on('sign-in', () => manager.signinRedirect());
  on('sign-out', () => manager.signoutRedirect());
  on('renew', async () => show('renewed', await manager.signinSilent()));
  on('revoke', async () => {
    await manager.revokeTokens();
    show('revoked', await manager.getUser());
  });
}

/** Says in JSON who is here, after which step. */
function show(step, user) {
  document.querySelector('pre').textContent = JSON.stringify({ step, user });
  document.documentElement.dataset.step = step;
}

function on(id, act) {
  document.getElementById(id).addEventListener('click', () => act().catch(fail));
}

function fail(error) {
  document.querySelector('pre').textContent = `${error}`;
  document.documentElement.dataset.step = 'failed';
  console.error(error);
}

main().catch(fail);
