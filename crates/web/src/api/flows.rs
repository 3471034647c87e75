//! `/flows`: why requests were refused.

use admin::Permission as P;
use admin::flows::{self, Glance};
use serde::Serialize;
use serde_json::Value;
use token::flow::{Flow, Verdict};
use utoipa::ToSchema;

use super::Answer;
use super::call::Call;
use super::operation::{Form, Operation, field, get};
use super::paging::part;
use super::reply::Reply;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/flows",
            ("listFlows", "Requests that were refused lately"),
            &[P::ViewFlows],
            list,
        )
        .query(&[field("client_id", Form::Text, "Those that named this client")])
        .page::<Line>()
        .more("The newest fifty, of the last 24 hours."),
        get(
            "/flows/{id}",
            ("getFlow", "Why a request was refused"),
            &[P::ViewFlows],
            one,
        )
        .gives::<Record>()
        .more("`id` is the code on the error page, in the header `X-Correlation-Id` and in the log."),
    ]
}

/// A request that was refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlowLine)]
struct Line {
    id: String,
    at: String,
    endpoint: String,
    client_id: Option<String>,
    /// To those who may see people.
    sub: Option<String>,
    error: String,
}

impl From<Glance> for Line {
    fn from(glance: Glance) -> Self {
        Self {
            id: glance.id,
            at: glance.at.to_rfc3339(),
            endpoint: glance.endpoint,
            client_id: glance.client_id,
            sub: glance.user.map(|user| user.to_string()),
            error: glance.error,
        }
    }
}

/// Why a request was refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Flow)]
struct Record {
    id: String,
    at: String,
    endpoint: String,
    status: u16,
    client_id: Option<String>,
    /// To those who may see people.
    sub: Option<String>,
    error: String,
    /// What was decided and why.
    reason: String,
    /// What the client or the person was told.
    told: Option<String>,
    /// The request without its secrets.
    parameters: Vec<Value>,
    checks: Vec<Check>,
    /// An address to send the browser to that is not the client's.
    foreign_uri: Option<String>,
    /// That address beside those that are registered.
    compared: Vec<Compared>,
}

/// What was looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlowCheck)]
struct Check {
    name: String,
    /// Where that is written.
    section: String,
    /// `passed`, `failed` or `not_reached`.
    verdict: &'static str,
}

/// Two addresses side by side.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlowComparison)]
struct Compared {
    registered: String,
    /// Where the two part, in characters from 0.
    differs_at: Option<usize>,
}

impl From<Flow> for Record {
    fn from(flow: Flow) -> Self {
        let refused = flow.refused;
        let check = |check: token::flow::Check| Check {
            name: check.name.into_owned(),
            section: check.section.into_owned(),
            verdict: match check.verdict {
                Verdict::Passed => "passed",
                Verdict::Failed => "failed",
                Verdict::NotReached => "not_reached",
            },
        };
        let compared = |it: token::flow::Comparison| Compared {
            registered: it.registered,
            differs_at: it.differs_at,
        };
        let parameters = refused.parameters.iter();
        Self {
            id: flow.id,
            at: flow.at.to_rfc3339(),
            endpoint: flow.endpoint,
            status: flow.status,
            client_id: refused.client_id,
            sub: refused.user.map(|user| user.to_string()),
            error: refused.error,
            reason: refused.reason,
            told: refused.told,
            parameters: parameters
                .filter_map(|own| serde_json::to_value(own).ok())
                .collect(),
            checks: refused.checks.into_iter().map(check).collect(),
            foreign_uri: refused.foreign_uri,
            compared: refused.compared.into_iter().map(compared).collect(),
        }
    }
}

async fn list(call: Call) -> Answer {
    let (pace, client_id) = (call.pace()?, call.text("client_id"));
    let found = call
        .read(move |tx, ctx, actor| Ok(flows::recent(tx, ctx, actor, client_id.as_deref())?))
        .await?;
    // Newest first: what is greater comes before what is less.
    let order = |glance: &Glance| format!("{:020} {}", i64::MAX - glance.at.as_millis(), glance.id);
    call.page(part(found, &pace, order).map(Line::from))
}

async fn one(call: Call) -> Answer {
    let id = call.segment("id");
    let flow = call
        .read(move |tx, ctx, actor| Ok(flows::find(tx, ctx, actor, &id)?))
        .await?;
    Reply::ok(&Record::from(flow))
}
