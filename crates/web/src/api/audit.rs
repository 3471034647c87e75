//! `/audit`: the audit trail, its verification and its checkpoints.

use admin::Permission as P;
use admin::audit::verification::{Progress, Verification};
use admin::audit::{self, AuditFilter, Order, checkpoint, moment};
use admin::directory::{Cursor, Page};
use kernel::Timestamp;
use kernel::audit::AuditRecord;
use kernel::digest::base64url;
use serde::Serialize;
use serde_json::Value;
use token::Checkpoint;
use utoipa::ToSchema;

use super::Answer;
use super::call::Call;
use super::operation::{Form, Operation, field, get, post};
use super::problem::Problem;
use super::reply::Reply;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/audit", ("queryAudit", "What happened"), &[P::ViewAudit], query)
            .query(&[
                field("since", Form::Moment, "At this moment or later"),
                field("until", Form::Moment, "Before this moment"),
                field("actor", Form::Text, "Who did it"),
                field("subject", Form::Text, "Whom or what it concerned"),
                field("client", Form::Text, "Which client was involved"),
                field("event", Form::Text, "What happened: a name such as user.login, or the beginning of names such as key.*"),
                field("outcome", Form::OneOf(&["done", "refused"]), "How it ended"),
                field("address", Form::Text, "From this address or network"),
                field("session", Form::Text, "In this session"),
                field("correlation_id", Form::Text, "By this request"),
                field("kid", Form::Text, "Events of keys about this one"),
                field("order", Form::OneOf(&["newest", "oldest"]), "What comes first"),
            ])
            .page::<Record>(),
        post("/audit/verify", ("verifyAudit", "Verifies the whole trail"), &[P::ViewAudit], verify)
            .gives::<Verified>()
            .more("It changes nothing, but takes a while. `hash`, noted elsewhere, proves the whole trail up to `newest`."),
        get("/audit/checkpoints", ("listCheckpoints", "Signed checkpoints, the oldest first"), &[P::ViewAudit], checkpoints)
            .page::<Signed>(),
    ]
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditRecord)]
struct Record {
    seq: u64,
    at: String,
    event: String,
    /// `done` or `refused`.
    outcome: Option<String>,
    actor: Option<String>,
    subject: Option<String>,
    client_id: Option<String>,
    /// `cli`, `console`, `api`, `server`, and others for what people do themselves.
    way: Option<String>,
    address: Option<String>,
    session: Option<String>,
    correlation_id: Option<String>,
    detail: Option<String>,
    /// What was, without secrets.
    before: Option<Value>,
    /// What is.
    after: Option<Value>,
    /// Of the chain, base64url.
    hash: Option<String>,
}

impl From<AuditRecord> for Record {
    fn from(record: AuditRecord) -> Self {
        let json = |text: String| serde_json::from_str(&text).unwrap_or(Value::from(text));
        Self {
            seq: record.seq,
            at: moment::write(Timestamp::from_millis(record.at)),
            event: record.event,
            outcome: record.outcome,
            actor: record.actor,
            subject: record.subject,
            client_id: record.client_id,
            way: record.way,
            address: record.address,
            session: record.session,
            correlation_id: record.correlation_id,
            detail: record.detail,
            before: record.before.map(json),
            after: record.after.map(json),
            hash: record.hash.map(|hash| base64url(&hash)),
        }
    }
}

/// What was verified.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditVerification)]
struct Verified {
    /// Whether everything fits.
    fits: bool,
    records: u64,
    /// Those from before there was a chain.
    unchained: u64,
    checkpoints: u64,
    /// The last record a checkpoint vouches for.
    vouched_until: u64,
    newest: u64,
    hash: String,
    discord: Option<Discord>,
}

/// The first thing that does not fit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditDiscord)]
struct Discord {
    seq: u64,
    reason: String,
}

/// A checkpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditCheckpoint)]
struct Signed {
    /// The last record it vouches for.
    seq: u64,
    at: String,
    kid: String,
    /// A compact JWS.
    jws: String,
}

impl From<Checkpoint> for Signed {
    fn from(checkpoint: Checkpoint) -> Self {
        Self {
            seq: checkpoint.seq,
            at: checkpoint.at.to_rfc3339(),
            kid: checkpoint.kid,
            jws: checkpoint.jws,
        }
    }
}

/// Records and checkpoints are placed by their number.
fn place(seq: u64) -> Cursor {
    Cursor {
        number: i64::try_from(seq).unwrap_or(i64::MAX),
        ..Cursor::default()
    }
}

fn behind(after: Option<&Cursor>) -> Option<u64> {
    after.map(|cursor| u64::try_from(cursor.number).unwrap_or(0))
}

async fn query(call: Call) -> Answer {
    let pace = call.pace()?;
    let orders = [("newest", Order::NewestFirst), ("oldest", Order::OldestFirst)];
    let order = call.word("order", &orders)?.unwrap_or(Order::NewestFirst);
    let (mut filter, mut wrong) = (AuditFilter::default(), Vec::new());
    for name in AuditFilter::NAMES {
        if let Some(value) = call.query.get(name) {
            wrong.extend(filter.set(name, value, call.state.ctx.now()).err());
        }
    }
    if !wrong.is_empty() {
        return Err(Problem::bad(wrong.join("; ")));
    }
    let page = call
        .read(move |tx, _, actor| {
            let after = behind(pace.after.as_ref());
            Ok(audit::query(tx, actor, &filter, after, order, pace.limit)?)
        })
        .await?;
    let page = Page {
        next: page.next.map(place),
        items: page.records,
    };
    call.page(page.map(Record::from))
}

/// In steps that hold nobody up.
async fn verify(call: Call) -> Answer {
    let mut verification = Verification::default();
    loop {
        let (taken, progress) = call
            .read(move |tx, ctx, actor| {
                let progress = verification.step(tx, ctx, actor)?;
                Ok((verification, progress))
            })
            .await?;
        if progress == Progress::Finished {
            return Reply::ok(&Verified {
                fits: taken.discord.is_none(),
                records: taken.records,
                unchained: taken.unchained,
                checkpoints: taken.checkpoints,
                vouched_until: taken.vouched_until,
                newest: taken.newest,
                hash: taken.hash,
                discord: taken.discord.map(|it| Discord {
                    seq: it.seq,
                    reason: it.reason,
                }),
            });
        }
        verification = taken;
    }
}

async fn checkpoints(call: Call) -> Answer {
    let pace = call.pace()?;
    let page = call
        .read(move |tx, _, actor| {
            let after = behind(pace.after.as_ref()).unwrap_or(0);
            let mut items = checkpoint::list(tx, actor, after, pace.limit + 1)?;
            let more = items.len() > pace.limit as usize;
            items.truncate(pace.limit as usize);
            let next = items.last().filter(|_| more).map(|last| place(last.seq));
            Ok(Page { items, next })
        })
        .await?;
    call.page(page.map(Signed::from))
}
