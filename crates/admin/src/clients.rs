//! Clients: registered, changed, given a new secret, switched off.

pub mod edits;
pub mod retreat;

use identity::ports::{Found, Insert};
use kernel::secret::ClientSecret;
use kernel::{Audit, Ctx, Digest, Plain, StorageFault};
use session::Revocations;
use token::client::register::{Against, JudgeUrl, Warnings, check_client_id, generate_client_id, validate};
use token::client::secrets::{Former, LONGEST_OVERLAP, NotWithdrawn};
use token::client::{AuthMethod, Client, ClientMetadata, ClientPolicy, SecretId, Secrets};
use token::{Clients, Grants, Resources, ending};

use crate::actor::Actor;
use crate::audit::{Shown, tell};
use crate::authority::{Administrator, Permission};
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::rank;
use crate::view::ClientView;

const PAGE: u32 = 500;

/// Where metadata comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetadataSource {
    /// Flags of the command line, or a form: somebody is setting up a new client.
    Flags,
    /// A document in RFC 7591's form: what the client can do is known already.
    Document,
}

/// The policy a new client begins with. PKCE is asked of every client somebody sets up now (RFC 9700 2.1.1); plain
/// metadata says nothing about it, and older confidential clients cannot do it.
pub fn default_policy(source: MetadataSource) -> ClientPolicy {
    ClientPolicy {
        require_pkce: source == MetadataSource::Flags,
        ..ClientPolicy::default()
    }
}

/// A client to be made.
#[derive(Debug, Clone, Default)]
pub struct NewClient {
    /// A random one where none is given.
    pub client_id: Option<String>,
    /// What it registers.
    pub metadata: ClientMetadata,
    /// What the operator decides.
    pub policy: ClientPolicy,
    /// A secret it has already; a random one where none is given and one is needed.
    pub secret: Option<Plain<ClientSecret>>,
}

/// A client as it is now, and what its making brought along.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// Its new secret where one was made, to be shown once.
    pub secret: Option<Plain<ClientSecret>>,
    /// What may surprise.
    pub warnings: Vec<String>,
}

/// Registers a client. `urls` judges where this provider would send requests to it.
///
/// # Errors
/// `Invalid`; `Conflict` when the id is taken; `Storage`.
pub fn create(
    tx: &mut (impl Clients + Resources + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    urls: &dyn JudgeUrl,
    new: NewClient,
) -> Result<Registered, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let now = ctx.now();
    let client_id = new.client_id.unwrap_or_else(|| generate_client_id(&*ctx.entropy));
    let id_fault = check_client_id(&client_id).err();
    let mut client = Client {
        client_id,
        secrets: Secrets::default(),
        metadata: new.metadata,
        policy: new.policy,
        enabled: true,
        created_at: now,
        updated_at: now,
    };
    let catalogue = tx.catalogue()?;
    let against = Against {
        urls,
        catalogue: &catalogue,
    };
    let id_fault = id_fault.map(|fault| fault.to_string());
    let warnings = check(&client, against, id_fault, new.secret.as_ref())?;
    let secret = ensure_secret(ctx, &mut client, new.secret);
    rank::over_client(tx, actor, &client)?;
    if tx.insert_client(&client)? == Insert::Taken {
        let reason = format!("there is a client \"{}\" already", client.client_id);
        return Err(AdminFault::Conflict(reason));
    }
    record(tx, ctx, actor, "client.create", None, Some(&client))?;
    Ok(Registered {
        client,
        secret,
        warnings,
    })
}

/// Changes a client through `change`. One that becomes confidential gets a secret, one that becomes public loses it.
///
/// # Errors
/// `NotFound`; `Invalid`; `Storage`.
pub fn update(
    tx: &mut (impl Clients + Resources + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    urls: &dyn JudgeUrl,
    client_id: &str,
    change: impl FnOnce(&mut ClientMetadata, &mut ClientPolicy),
) -> Result<Registered, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let mut client = by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    let before = client.clone();
    change(&mut client.metadata, &mut client.policy);
    let catalogue = tx.catalogue()?;
    let against = Against {
        urls,
        catalogue: &catalogue,
    };
    let warnings = check(&client, against, None, None)?;
    let secret = ensure_secret(ctx, &mut client, None);
    rank::over_client(tx, actor, &client)?;
    save(tx, ctx, actor, "client.update", &before, &mut client)?;
    Ok(Registered {
        client,
        secret,
        warnings,
    })
}

/// Gives a client another secret, `brought` or random. The `former` one is worth nothing from now on, or good for a while.
///
/// # Errors
/// `NotFound`; `Conflict` for a public client, which has none; `Invalid` for a weak secret; `Storage`.
pub fn rotate_secret(
    tx: &mut (impl Clients + Resources + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
    brought: Option<Plain<ClientSecret>>,
    former: Former,
) -> Result<Registered, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let mut client = by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    if client.is_public() {
        return Err(AdminFault::Conflict(format!(
            "\"{client_id}\" is a public client and has no secret"
        )));
    }
    let faults = [brought.as_ref().and_then(weak_secret), too_long(former)];
    let faults: Vec<String> = faults.into_iter().flatten().collect();
    if !faults.is_empty() {
        return Err(AdminFault::Invalid(faults));
    }
    let before = client.clone();
    let (digest, secret) = digest_of(ctx, brought);
    client.secrets.replace(digest, former, ctx);
    save(tx, ctx, actor, "client.rotate-secret", &before, &mut client)?;
    Ok(Registered {
        client,
        secret,
        warnings: Vec::new(),
    })
}

/// Takes one of a client's two secrets away, at once; the other one stays, without an end.
///
/// # Errors
/// `NotFound`; `Conflict` for the only one; `Forbidden`; `Storage`.
pub fn withdraw_secret(
    tx: &mut (impl Clients + Resources + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
    secret: &SecretId,
) -> Result<Client, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let mut client = by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    let before = client.clone();
    match client.secrets.withdraw(secret, ctx.now()) {
        Ok(()) => {}
        Err(NotWithdrawn::Unknown) => return Err(AdminFault::not_found("secret", secret)),
        Err(NotWithdrawn::Last) => {
            return Err(AdminFault::Conflict(format!(
                "\"{client_id}\" has no other secret; rotate it, or disable the client"
            )));
        }
    }
    save(tx, ctx, actor, "client.withdraw-secret", &before, &mut client)?;
    Ok(client)
}

/// Lets a client do what it registered for, from now on: what was issued to it before stays refused. Twice changes nothing.
///
/// # Errors
/// `NotFound`; `Conflict` until [`retreat::take_back`] is done; `Storage`.
pub fn enable(
    tx: &mut (impl Clients + Resources + Grants + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
) -> Result<Client, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let mut client = by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    if !client.enabled {
        if tx.has_open_grant(client_id)? {
            return Err(AdminFault::Conflict(format!(
                "what was given to {client_id:?} is still being taken back; try again"
            )));
        }
        let before = client.clone();
        client.enabled = true;
        save(tx, ctx, actor, "client.enable", &before, &mut client)?;
    }
    Ok(client)
}

/// Keeps a client from doing anything and refuses all tokens that were issued to it. Of its grants the first are taken back;
/// [`retreat::take_back`] does the rest. Twice changes nothing.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn disable(
    tx: &mut (impl Clients + Resources + Grants + Revocations + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
) -> Result<Client, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let mut client = by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    if client.enabled {
        let before = client.clone();
        client.enabled = false;
        ending::tokens_for(tx, ctx, client_id)?;
        save(tx, ctx, actor, "client.disable", &before, &mut client)?;
    }
    Ok(client)
}

/// Removes a client with its consents and grants; nothing issued to it counts any more. A large one first loses what it has,
/// in [`retreat::clear`].
///
/// # Errors
/// `NotFound`; `Storage`, where a large client still has more than can go at once.
pub fn delete(
    tx: &mut (impl Clients + Resources + Grants + Revocations + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
) -> Result<Client, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let client = by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    ending::tokens_for(tx, ctx, client_id)?;
    if tx.delete_client(client_id)? == Found::No {
        return Err(AdminFault::not_found("client", client_id));
    }
    rank::strip(tx, ctx, actor, &Administrator::Client(client_id.to_owned()))?;
    record(tx, ctx, actor, "client.delete", Some(&client), None)?;
    Ok(client)
}

/// A client by id.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(tx: &mut (impl Clients + ?Sized), actor: &Actor, client_id: &str) -> Result<Client, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    by_id(tx, client_id)
}

/// A client by id, for use-cases that asked for their own permission.
pub(crate) fn by_id(tx: &mut (impl Clients + ?Sized), client_id: &str) -> Result<Client, AdminFault> {
    tx.client(client_id)?
        .ok_or_else(|| AdminFault::not_found("client", client_id))
}

/// All clients, by id.
///
/// # Errors
/// `Storage`.
pub fn list(tx: &mut (impl Clients + ?Sized), actor: &Actor) -> Result<Vec<Client>, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    all(tx)
}

/// All clients, by id, for use-cases that asked for their own permission.
pub(crate) fn all(tx: &mut (impl Clients + ?Sized)) -> Result<Vec<Client>, AdminFault> {
    let mut all: Vec<Client> = Vec::new();
    loop {
        let page = tx.clients(all.last().map(|client| client.client_id.as_str()), PAGE)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Everything wrong with a client and the secret it brings.
fn check(
    client: &Client,
    against: Against<'_>,
    id_fault: Option<String>,
    brought: Option<&Plain<ClientSecret>>,
) -> Result<Vec<String>, AdminFault> {
    let mut wrong: Vec<String> = id_fault.into_iter().collect();
    wrong.extend(brought.and_then(weak_secret));
    if brought.is_some() && client.is_public() {
        wrong.push(
            "client_secret: a public client has none; leave it out or choose another auth method".into(),
        );
    }
    match validate(&client.metadata, &client.policy, against) {
        Ok(Warnings(warnings)) if wrong.is_empty() => return Ok(warnings),
        Ok(_) => {}
        Err(faults) => wrong.extend(faults.iter().map(ToString::to_string)),
    }
    Err(AdminFault::Invalid(wrong))
}

/// Makes secret and auth method agree; returns the plain secret where a new one was made.
fn ensure_secret(
    ctx: &Ctx,
    client: &mut Client,
    brought: Option<Plain<ClientSecret>>,
) -> Option<Plain<ClientSecret>> {
    if client.metadata.token_endpoint_auth_method == AuthMethod::None {
        client.secrets = Secrets::default();
        return None;
    }
    if brought.is_none() && !client.secrets.is_empty() {
        return None;
    }
    let (digest, secret) = digest_of(ctx, brought);
    client.secrets.replace(digest, Former::Void, ctx);
    secret
}

/// The digest of a secret, and itself where it is a new one.
fn digest_of(
    ctx: &Ctx,
    brought: Option<Plain<ClientSecret>>,
) -> (Digest<ClientSecret>, Option<Plain<ClientSecret>>) {
    match brought {
        Some(brought) => (brought.digest(), None),
        None => {
            let secret: Plain<ClientSecret> = Plain::generate(&*ctx.entropy);
            (secret.digest(), Some(secret))
        }
    }
}

fn too_long(former: Former) -> Option<String> {
    let Former::Kept(overlap) = former else {
        return None;
    };
    (overlap > LONGEST_OVERLAP).then(|| "an old secret may stay good for 30 days at most".into())
}

/// Secrets are stored as plain SHA-256, which only protects what nobody can guess.
fn weak_secret(secret: &Plain<ClientSecret>) -> Option<String> {
    let text = secret.expose();
    let legal = (32..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    let few = text.bytes().collect::<std::collections::BTreeSet<_>>().len() < 8;
    (!legal || few)
        .then(|| "client_secret: must be 32 to 255 random printable ASCII characters without spaces".into())
}

fn save(
    tx: &mut (impl Clients + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    event: &'static str,
    before: &Client,
    client: &mut Client,
) -> Result<(), AdminFault> {
    client.updated_at = ctx.now();
    if tx.update_client(client)? == Found::No {
        return Err(AdminFault::not_found("client", &client.client_id));
    }
    Ok(record(tx, ctx, actor, event, Some(before), Some(client))?)
}

fn record(
    tx: &mut (impl Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    event: &'static str,
    before: Option<&Client>,
    after: Option<&Client>,
) -> Result<(), StorageFault> {
    let mut event = actor.event(ctx.now(), event);
    event.client_id = after.or(before).map(|client| client.client_id.clone());
    let shown = |client| Shown::of(&ClientView::from(client));
    tx.record(tell(event, before.map(shown), after.map(shown)))
}
