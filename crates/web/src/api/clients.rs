//! `/clients`: applications and their secrets.

use std::sync::Arc;
use std::time::Duration;

use admin::clients::retreat::{Progress, Rest, clear, take_back};
use admin::clients::{self, MetadataSource, NewClient, Registered, default_policy};
use admin::directory::clients::{ClientFilter, Kind, Standing};
use admin::{AdminFault, Permission as P, directory};
use serde::Deserialize;
use token::client::SecretId;
use token::client::secrets::Former;
use utoipa::ToSchema;

use super::call::{Call, written};
use super::operation::{Form, Operation, delete, field, get, patch, post};
use super::problem::Problem;
use super::reply::Reply;
use super::{Answer, body, segment};

mod shown;

use shown::{Client, Secret, Writable};

const WRITE: &[P] = &[P::ViewApplications, P::ManageApplications];

pub(super) fn operations() -> Vec<Operation> {
    let mut all = vec![
        get("/clients", ("listClients", "Clients, by name"), &[P::ViewApplications], list)
            .query(&[
                field("text", Form::Text, "The beginning of an id, of a word of the name or of a redirect URI's host"),
                field("standing", Form::OneOf(&["enabled", "disabled"]), "Only those that are switched on, or off"),
                field("kind", Form::OneOf(&["public", "confidential", "first_party"]), "Only those of this kind"),
            ])
            .page::<Client>(),
        post("/clients", ("createClient", "Registers a client"), WRITE, create)
            .takes::<Writable>()
            .makes::<Client>()
            .tagged()
            .faults(&[409])
            .more("`client_secret` is shown in this answer alone. The members are those of RFC 7591 and OpenID Connect Registration."),
        get("/clients/{client_id}", ("getClient", "A client"), &[P::ViewApplications], one).edition::<Client>(),
        patch("/clients/{client_id}", ("changeClient", "Changes a client"), WRITE, update)
            .patches::<Writable>()
            .edition::<Client>()
            .guarded()
            .faults(&[409])
            .more("A client that becomes confidential gets a `client_secret`, shown in this answer alone."),
        delete("/clients/{client_id}", ("deleteClient", "Removes a client; nothing issued to it counts any more"), WRITE, remove)
            .guarded()
            .faults(&[409]),
    ];
    all.extend(standing_operations());
    all
}

fn standing_operations() -> Vec<Operation> {
    vec![
        post("/clients/{client_id}/enable", ("enableClient", "Switches a client on"), &[P::ManageApplications], enable)
            .faults(&[409])
            .more("What was issued to it before it was disabled stays refused."),
        post("/clients/{client_id}/disable", ("disableClient", "Switches a client off and takes back all that was issued to it"), &[P::ManageApplications], disable)
            .faults(&[409]),
        get("/clients/{client_id}/secrets", ("listSecrets", "A client's secrets, without themselves"), &[P::ViewApplications], secrets)
            .page::<Secret>(),
        post("/clients/{client_id}/secrets", ("rotateSecret", "Gives a client another secret"), WRITE, rotate)
            .may_take::<Rotation>()
            .makes::<Client>()
            .faults(&[409])
            .more("`client_secret` is shown in this answer alone. The former one is worth nothing from now on, or good for as long \
                   as `keep_former_seconds` says, so that the program can be given the new one without a pause."),
        delete("/clients/{client_id}/secrets/{id}", ("withdrawSecret", "Takes one of two secrets away"), &[P::ManageApplications], withdraw)
            .faults(&[409]),
    ]
}

/// What becomes of the secret that is replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SecretRotation)]
struct Rotation {
    /// For so long it is good beside the new one; at most 30 days.
    #[schema(example = 3600)]
    keep_former_seconds: Option<u32>,
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let standings = [("enabled", Standing::Enabled), ("disabled", Standing::Disabled)];
    let kinds = [
        ("public", Kind::Public),
        ("confidential", Kind::Confidential),
        ("first_party", Kind::FirstParty),
    ];
    let filter = ClientFilter {
        text: call.text("text"),
        standing: call.word("standing", &standings)?,
        kind: call.word("kind", &kinds)?,
    };
    let page = call
        .read(move |tx, ctx, actor| {
            let after = pace.after.as_ref();
            Ok(directory::clients::clients(
                tx, ctx, actor, &filter, after, pace.limit,
            )?)
        })
        .await?;
    call.page(page.map(|client| Client::from(&client)))
}

async fn one(call: Call) -> Answer {
    let id = call.segment("client_id");
    let client = call
        .read(move |tx, _, actor| Ok(clients::find(tx, actor, &id)?))
        .await?;
    Reply::edition(&Client::from(&client))
}

async fn create(call: Call) -> Answer {
    let said: Writable = call.said()?;
    let urls = Arc::clone(&call.state.urls);
    call.once(move |tx, ctx, actor| {
        let document = said.document()?;
        let mut policy = default_policy(MetadataSource::Flags);
        document.policy.apply(&mut policy);
        let new = NewClient {
            client_id: said.client_id,
            metadata: document.registration.metadata,
            policy,
            secret: None,
        };
        let made = clients::create(tx, ctx, actor, &*urls, new)?;
        let path = format!("/clients/{}", segment(&made.client.client_id));
        Ok(told(&made)?.made(&path))
    })
    .await
}

/// A client with its new secret, under the ETag of the client without it.
fn told(registered: &Registered) -> Result<Reply, super::call::Stop> {
    let reply = written(Reply::ok(&Client::told(registered)))?;
    Ok(reply.at_edition(&Client::from(&registered.client)))
}

async fn update(call: Call) -> Answer {
    let (id, seen, said) = (call.segment("client_id"), call.seen.clone(), call.patch()?);
    let urls = Arc::clone(&call.state.urls);
    call.write(move |tx, ctx, actor| {
        actor.require(P::ManageApplications)?;
        let client = clients::find(tx, actor, &id)?;
        seen.fits(&Client::from(&client))?;
        let wanted: Writable =
            body::merged(&Writable::from(&client), said).map_err(|wrong| AdminFault::Invalid(vec![wrong]))?;
        let document = wanted.document()?;
        let changed = clients::update(tx, ctx, actor, &*urls, &id, move |metadata, policy| {
            let other = std::mem::take(&mut metadata.other);
            *metadata = document.registration.metadata;
            metadata.other = other;
            *policy = Default::default();
            document.policy.apply(policy);
        })?;
        told(&changed)
    })
    .await
}

async fn remove(call: Call) -> Answer {
    let mut seen = Some(call.seen.clone());
    loop {
        let (id, first) = (call.segment("client_id"), seen.take());
        let rest = call.write(move |tx, ctx, actor| {
            // Clearing a large one changes what was seen.
            if let Some(seen) = first {
                seen.fits(&Client::from(&clients::find(tx, actor, &id)?))?;
            }
            let rest = clear(tx, ctx, actor, &id)?;
            if rest == Rest::None {
                clients::delete(tx, ctx, actor, &id)?;
            }
            Ok(rest)
        });
        if rest.await? == Rest::None {
            return Ok(Reply::nothing());
        }
    }
}

async fn enable(call: Call) -> Answer {
    let id = call.segment("client_id");
    take_all_back(&call).await?;
    call.write(move |tx, ctx, actor| Ok(clients::enable(tx, ctx, actor, &id)?))
        .await?;
    Ok(Reply::nothing())
}

async fn disable(call: Call) -> Answer {
    let id = call.segment("client_id");
    call.write(move |tx, ctx, actor| Ok(clients::disable(tx, ctx, actor, &id)?))
        .await?;
    take_all_back(&call).await?;
    Ok(Reply::nothing())
}

async fn take_all_back(call: &Call) -> Result<(), Problem> {
    let mut progress = Progress::default();
    while !progress.is_done() {
        let (id, so_far) = (call.segment("client_id"), progress);
        progress = call
            .write(move |tx, ctx, actor| Ok(take_back(tx, ctx, actor, &id, so_far)?))
            .await?;
    }
    Ok(())
}

async fn secrets(call: Call) -> Answer {
    let (id, pace) = (call.segment("client_id"), call.pace()?);
    let client = call
        .read(move |tx, _, actor| Ok(clients::find(tx, actor, &id)?))
        .await?;
    let all: Vec<Secret> = client.secrets.iter().map(Secret::from).collect();
    call.page(super::paging::part(all, &pace, |secret| secret.id.clone()))
}

async fn rotate(call: Call) -> Answer {
    let (id, said) = (call.segment("client_id"), call.said::<Rotation>()?);
    call.once(move |tx, ctx, actor| {
        let former = match said.keep_former_seconds {
            None | Some(0) => Former::Void,
            Some(seconds) => Former::Kept(Duration::from_secs(u64::from(seconds))),
        };
        let changed = clients::rotate_secret(tx, ctx, actor, &id, None, former)?;
        let path = format!("/clients/{}", segment(&id));
        Ok(written(Reply::ok(&Client::told(&changed)))?.made(&path))
    })
    .await
}

async fn withdraw(call: Call) -> Answer {
    let (id, secret) = (call.segment("client_id"), SecretId::from_text(call.segment("id")));
    call.write(move |tx, ctx, actor| Ok(clients::withdraw_secret(tx, ctx, actor, &id, &secret)?))
        .await?;
    Ok(Reply::nothing())
}
