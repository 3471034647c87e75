//! `/sessions`: who is signed in where, and how one or many are ended.

use admin::audit::moment;
use admin::directory::ending::{self, Agreed, Count, Preview, Progress, Reach, What};
use admin::directory::sessions::{Life, SessionFilter, sessions as listed};
use admin::sessions::{self, SessionStatus};
use admin::{AdminFault, Permission as P};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use super::call::{Call, not_a_moment};
use super::operation::{Form, Operation, delete, field, get, post};
use super::problem::Problem;
use super::reply::Reply;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/sessions", ("listSessions", "Sessions"), &[P::ViewSessions], list)
            .query(&[
                field("user", Form::Text, "One person's: their `sub`; also their user name or address, for those who may see people"),
                field("client_id", Form::Text, "Those in which this client signed somebody in"),
                field("address", Form::Text, "From this network address, or from a network such as 192.0.2.0/24"),
                field("begun_from", Form::Moment, "Begun at this moment or later"),
                field("begun_before", Form::Moment, "Begun before"),
                field("seen_from", Form::Moment, "Last used at this moment or later"),
                field("seen_before", Form::Moment, "Last used before"),
                field("life", Form::OneOf(&["live", "any"]), "Those that count, or all that are remembered"),
            ])
            .page::<Session>()
            .faults(&[404]),
        get("/sessions/{sid}", ("getSession", "A session, ended ones too"), &[P::ViewSessions], one).gives::<Session>(),
        delete("/sessions/{sid}", ("endSession", "Ends a session: tokens issued in it are refused, its clients are told"), &[P::EndSessions], end)
            .more("Ending it twice changes nothing."),
        post("/sessions/preview", ("previewEnding", "How many sessions would be ended"), &[P::ViewSessions, P::EndSessions], preview)
            .takes::<Choice>()
            .gives::<Shown>()
            .faults(&[404]),
        post("/sessions/end", ("endSessions", "Ends the sessions that were counted"), &[P::ViewSessions, P::EndSessions], end_many)
            .takes::<Agreement>()
            .gives::<Done>()
            .faults(&[404, 409])
            .more("Say what was counted, with `as_of` and `sessions` of the preview. Sessions begun since are left alone, and where \
                   more would be ended than was shown nothing is."),
    ]
}

/// A session. What the browser said about itself is only that.
#[derive(Debug, Serialize, ToSchema)]
struct Session {
    sid: String,
    sub: String,
    /// The `sub` to those who may not see people.
    username: String,
    created_at: String,
    last_seen_at: String,
    auth_time: String,
    user_agent: Option<String>,
    address: Option<String>,
    /// Clients that signed the person in by it.
    clients: Vec<String>,
    ended_at: Option<String>,
}

impl From<SessionStatus> for Session {
    fn from(status: SessionStatus) -> Self {
        let session = status.session;
        Self {
            sid: session.sid.to_string(),
            sub: session.user.to_string(),
            username: status.username,
            created_at: session.created_at.to_rfc3339(),
            last_seen_at: session.last_seen_at.to_rfc3339(),
            auth_time: session.authentication.at.to_rfc3339(),
            user_agent: session.device.user_agent,
            address: session.device.address,
            clients: status.clients,
            ended_at: session.ended_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// Which sessions: those that match, or all that were begun before a moment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SessionChoice)]
struct Choice {
    /// What the live ones have to match, all of it.
    matching: Option<Matching>,
    /// A moment: everything begun before it, idle sessions too.
    before: Option<String>,
    /// With `before`: also take back access that outlives a sign-out.
    #[serde(default)]
    offline_access: bool,
}

/// Which live sessions. What is absent does not matter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SessionFilter)]
struct Matching {
    user: Option<String>,
    client_id: Option<String>,
    address: Option<String>,
    begun_from: Option<String>,
    begun_before: Option<String>,
    seen_from: Option<String>,
    seen_before: Option<String>,
}

/// What would be ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionPreview)]
struct Shown {
    sessions: u64,
    /// Of so many people.
    people: u64,
    /// In which so many clients were used.
    clients: u64,
    /// Of administrators who may do more than the bearer: passed over.
    spared: u64,
    /// Whether that is all; else there are at least so many.
    complete: bool,
    /// When was counted.
    as_of: String,
}

/// What was counted, and that it is to be ended.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SessionEnding)]
struct Agreement {
    what: Choice,
    /// As the preview said.
    as_of: String,
    /// As the preview said.
    sessions: u64,
}

/// What was ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionsEnded)]
struct Done {
    ended: u64,
    /// Authorizations taken back beside those that went with their sessions.
    grants: u64,
    /// Passed over.
    spared: u64,
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let life = [("live", Life::Live), ("any", Life::Any)];
    let address = call.text("address").map(|text| text.parse()).transpose();
    let filter = SessionFilter {
        user: call.text("user"),
        client_id: call.text("client_id"),
        address: address.map_err(|wrong| Problem::bad(format!("address: {wrong}")))?,
        begun_from: call.moment("begun_from")?,
        begun_before: call.moment("begun_before")?,
        seen_from: call.moment("seen_from")?,
        seen_before: call.moment("seen_before")?,
        life: call.word("life", &life)?.unwrap_or_default(),
    };
    let page = call
        .read(move |tx, ctx, actor| Ok(listed(tx, ctx, actor, &filter, pace.after.as_ref(), pace.limit)?))
        .await?;
    call.page(page.map(Session::from))
}

async fn one(call: Call) -> Answer {
    let sid = call.segment("sid");
    let status = call
        .read(move |tx, _, actor| Ok(sessions::find(tx, actor, &sid)?))
        .await?;
    Reply::ok(&Session::from(status))
}

async fn end(call: Call) -> Answer {
    let sid = call.segment("sid");
    call.write(move |tx, ctx, actor| Ok(sessions::revoke(tx, ctx, actor, &sid)?))
        .await?;
    Ok(Reply::nothing())
}

/// What somebody chose; ages count from `now`.
fn what(choice: Choice, now: Timestamp) -> Result<What, AdminFault> {
    let wrong = |reason: String| AdminFault::Invalid(vec![reason]);
    let at = |name: &str, text: Option<String>| match text {
        None => Ok(None),
        Some(text) => moment::parse(&text, now)
            .map(Some)
            .ok_or_else(|| wrong(not_a_moment(name))),
    };
    match (choice.matching, choice.before) {
        (Some(own), None) if !choice.offline_access => Ok(What::Matching(SessionFilter {
            user: own.user,
            client_id: own.client_id,
            address: own
                .address
                .map(|text| text.parse())
                .transpose()
                .map_err(|reason| wrong(format!("address: {reason}")))?,
            begun_from: at("begun_from", own.begun_from)?,
            begun_before: at("begun_before", own.begun_before)?,
            seen_from: at("seen_from", own.seen_from)?,
            seen_before: at("seen_before", own.seen_before)?,
            life: Life::Live,
        })),
        (None, Some(text)) => {
            let reach = match choice.offline_access {
                true => Reach::OfflineAccess,
                false => Reach::Sessions,
            };
            let before = at("before", Some(text))?;
            Ok(What::Before(before.unwrap_or(now), reach))
        }
        _ => Err(wrong(
            "say `matching`, or `before` with `offline_access` if that is meant".to_owned(),
        )),
    }
}

async fn preview(call: Call) -> Answer {
    let what = what(call.said()?, call.state.ctx.now())?;
    let counted: Preview = call
        .read(move |tx, ctx, actor| Ok(ending::preview(tx, ctx, actor, &what)?))
        .await?;
    Reply::ok(&Shown {
        sessions: counted.sessions,
        people: counted.people,
        clients: counted.clients,
        spared: counted.spared,
        complete: counted.count == Count::Whole,
        as_of: moment::write(counted.as_of),
    })
}

async fn end_many(call: Call) -> Answer {
    let said: Agreement = call.said()?;
    let as_of = moment::parse(&said.as_of, call.state.ctx.now());
    let as_of = as_of.ok_or_else(|| Problem::invalid(vec![not_a_moment("as_of")]))?;
    let agreed = Agreed {
        // An age means what it meant when it was looked at.
        what: what(said.what, as_of)?,
        as_of,
        sessions: said.sessions,
    };
    let mut progress = Progress::default();
    // Batch after batch, each for whoever the bearer is at that moment.
    while !progress.is_done() {
        let (so_far, agreed) = (progress.clone(), agreed.clone());
        progress = call
            .write(move |tx, ctx, actor| Ok(ending::end(tx, ctx, actor, &agreed, so_far)?))
            .await?;
    }
    Reply::ok(&Done {
        ended: progress.ended,
        grants: progress.grants,
        spared: progress.spared,
    })
}
