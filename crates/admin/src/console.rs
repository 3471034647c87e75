//! Somebody at the console: a session of the console's own, which leans on the session of the browser.
//!
//! The console is a client like others and learns by an ID token who came. What it keeps is which session of Signet that was,
//! so that the end of that session is the end here too, and when the person last proved who they are.

use std::time::Duration;

use identity::{User, Users};
use kernel::id::{Sid, UserId};
use kernel::secret::ConsoleSecret;
use kernel::{Ctx, Digest, StorageFault, Timestamp};
use session::Sessions;
use token::client::{AuthMethod, ClientMetadata, ClientPolicy, Secrets};
use token::{Client, Clients};

use crate::actor::Actor;
use crate::authority::Administrator;
use crate::ports::{Administrators, ConsoleSessions};

/// The console's `client_id`. It belongs to Signet and nobody may change it.
pub const CLIENT_ID: &str = "signet-console";
/// How long somebody stays at the console without signing in to it again.
pub const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// How long a proof counts as fresh, before what cannot be undone.
pub const FRESH: Duration = Duration::from_secs(5 * 60);

/// Registers the console as a client, or brings what is registered up to date. Called when a server starts.
///
/// # Errors
/// Storage.
pub fn ensure_client(
    tx: &mut (impl Clients + ?Sized),
    ctx: &Ctx,
    redirect_path: &str,
) -> Result<(), StorageFault> {
    let (now, redirect_uri) = (ctx.now(), ctx.issuer.url(redirect_path));
    let known = tx.client(CLIENT_ID)?;
    let mut client = Client {
        client_id: CLIENT_ID.to_owned(),
        secrets: Secrets::default(),
        metadata: ClientMetadata {
            client_name: Some("Signet console".to_owned()),
            redirect_uris: vec![redirect_uri],
            grant_types: vec!["authorization_code".to_owned()],
            token_endpoint_auth_method: AuthMethod::None,
            scope: Some("openid".to_owned()),
            ..ClientMetadata::default()
        },
        policy: ClientPolicy {
            first_party: true,
            require_pkce: true,
            ..ClientPolicy::default()
        },
        enabled: true,
        created_at: now,
        updated_at: now,
    };
    match known {
        None => {
            // Another node may have been faster, with the same.
            tx.insert_client(&client)?;
        }
        Some(known) => {
            client.created_at = known.created_at;
            client.updated_at = known.updated_at;
            if client != known {
                client.updated_at = now;
                tx.update_client(&client)?;
            }
        }
    }
    Ok(())
}

/// A session at the console.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsoleSession {
    /// Of the secret in its cookie.
    pub secret: Digest<ConsoleSecret>,
    /// The session in which the person signed in.
    pub sid: Sid,
    /// Whose.
    pub user: UserId,
    /// When they last proved who they are (`auth_time`, OpenID Connect Core 2).
    pub auth_at: Timestamp,
    /// When they came to the console.
    pub created_at: Timestamp,
    /// After this they have to come again.
    pub expires_at: Timestamp,
}

impl ConsoleSession {
    /// Whether the person proved who they are a short while ago.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.auth_at) <= FRESH
    }
}

/// Somebody who may be at the console now.
#[derive(Debug, Clone)]
pub struct Presence {
    /// The session.
    pub session: ConsoleSession,
    /// Who.
    pub user: User,
    /// With what they may do at this moment.
    pub actor: Actor,
}

/// Why nobody is there.
#[derive(Debug, Clone)]
pub enum Absence {
    /// No session, or one that ended: they have to sign in.
    SignedOut,
    /// Signed in, but no administrator.
    NoAdministrator(Box<User>),
}

/// Who holds this cookie. Asked anew for every request, in the unit of work of what they want, so that a role that was taken
/// away and a session that was ended count at once.
///
/// # Errors
/// Storage.
pub fn present(
    tx: &mut (impl Users + Sessions + Administrators + ConsoleSessions + ?Sized),
    ctx: &Ctx,
    secret: &Digest<ConsoleSecret>,
) -> Result<Result<Presence, Absence>, StorageFault> {
    let now = ctx.now();
    let found = tx.console_session(secret)?;
    let Some(session) = found.filter(|session| now < session.expires_at) else {
        return Ok(Err(Absence::SignedOut));
    };
    let live = tx
        .session(session.sid)?
        .filter(|own| own.is_live(now, &ctx.policy));
    let user = tx.user(session.user)?.filter(User::is_active);
    let (Some(_), Some(user)) = (live, user) else {
        return Ok(Err(Absence::SignedOut));
    };
    let roles = tx.admin_roles(&Administrator::Person(user.id))?;
    if roles.is_empty() {
        return Ok(Err(Absence::NoAdministrator(Box::new(user))));
    }
    let actor = Actor::person(user.id, roles).within(session.sid);
    Ok(Ok(Presence { session, user, actor }))
}
