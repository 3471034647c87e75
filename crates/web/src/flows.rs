//! Writes down why a request was refused, after its answer is decided.
//!
//! A handler that refuses leaves a record with its answer ([`explain`]); the outermost layer takes it from there and hands it
//! to the [`FlowLog`], which writes in the background. Nobody waits for that, and nothing fails because of it: where too many
//! come, or storage is slow, records are dropped and counted. A request that succeeds leaves nothing.

mod limit;

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::dev::ServiceResponse;
use admin::Ports;
use kernel::{Access, StorageFault, work};
use token::flow::{Flow, Refused};

use self::limit::Limit;
use crate::correlation::CorrelationId;
use crate::metrics::FlowOutcome;
use crate::state::AppState;
use crate::views::Trouble;

/// Records that wait to be written.
const WAITING: usize = 256;

/// The record an answer carries on its way out.
struct Explained(Box<Refused>);

/// Leaves with an answer why it is what it is. A later, more precise word takes the place of an earlier one.
pub(crate) fn explain(mut response: HttpResponse, refused: Refused) -> HttpResponse {
    response.extensions_mut().insert(Explained(Box::new(refused)));
    response
}

/// What is known of a refusal by its page alone; nothing of those that have no flow behind them, and that anybody causes by
/// asking for what is not there.
pub(crate) fn cause(trouble: &Trouble<'_>) -> Option<Refused> {
    let (error, reason) = match trouble {
        Trouble::UnknownApp => ("invalid_request", "no client of this name is registered"),
        Trouble::UnregisteredReturn { .. } => ("invalid_request", "the redirect_uri is not registered"),
        Trouble::BadRequest => ("invalid_request", "the request breaks the rules of the protocol"),
        Trouble::Expired { .. } => (
            "expired",
            "what this page belonged to is over, too old, unknown, or of another browser",
        ),
        Trouble::CookieMissing => (
            "no_cookie",
            "the browser did not bring the cookie its sign-in is tied to",
        ),
        Trouble::FormRefused => (
            "form_refused",
            "the form's token does not fit this browser and page, or another site sent it",
        ),
        Trouble::TooManyRequests | Trouble::TooManyFromNetwork => (
            "too_many",
            "more was begun from this browser or network than is allowed",
        ),
        Trouble::Busy => ("busy", "storage or the hashing of passwords could not keep up"),
        Trouble::Internal => (
            "server_error",
            "a fault of this server; the log has it under this id",
        ),
        Trouble::Unreadable(_) => ("unreadable", "the parameters cannot be read as a form in UTF-8"),
        Trouble::TooLong => ("too_long", "a field held more than anybody types"),
        Trouble::Other { headline, .. } => ("other", *headline),
        Trouble::NotFound
        | Trouble::MethodNotAllowed
        | Trouble::WrongName
        | Trouble::HeadersTooLong
        | Trouble::AddressTooLong => return None,
    };
    Some(Refused::plain(error, reason))
}

/// Takes the record from an answer, if there is one, and has it kept.
pub(crate) fn collect(
    state: &AppState,
    response: &mut ServiceResponse,
    id: &CorrelationId,
    source: Option<IpAddr>,
) {
    let Some(Explained(refused)) = response.response_mut().extensions_mut().remove::<Explained>() else {
        return;
    };
    let flow = Flow {
        id: id.as_str().to_owned(),
        at: state.ctx.now(),
        endpoint: response.request().match_pattern().unwrap_or_default(),
        status: response.status().as_u16(),
        refused: *refused,
    };
    if !state.flows.limit.admits(source, flow.at) {
        return state.metrics.flows(FlowOutcome::Dropped, 1);
    }
    let flow = Flow {
        refused: flow.refused.bounded(),
        ..flow
    };
    match state.flows.put(flow) {
        Put::First => write(state),
        Put::Behind => {}
        Put::Full => state.metrics.flows(FlowOutcome::Dropped, 1),
    }
}

/// Has everything that waits written in one unit of work. That takes what is there when its turn has come, so that a flood
/// costs no more units of work than storage can do one after the other.
fn write(state: &AppState) {
    let taken = Arc::new(AtomicUsize::new(0));
    let (log, counted) = (Arc::clone(&state.flows), Arc::clone(&taken));
    // The job must not hold the store: who held it last would have to wait for its threads, and is one of them.
    let (after, metrics) = (Arc::clone(&state.flows), Arc::clone(&state.metrics));
    work::submit::<dyn Ports, (), StorageFault>(
        &*state.store,
        Access::Write,
        move |tx| {
            let batch = log.take();
            counted.store(batch.len(), Ordering::Relaxed);
            tx.record_flows(&batch)
        },
        move |written| {
            let count = taken.load(Ordering::Relaxed);
            match written {
                Ok(()) => metrics.flows(FlowOutcome::Recorded, count),
                Err(fault) => {
                    // Where it never began, what was meant for it still waits.
                    let count = count + after.take().len();
                    tracing::warn!(%fault, count, "why requests were refused could not be written down");
                    metrics.flows(FlowOutcome::Dropped, count);
                }
            }
        },
    );
}

/// What is to be written, and whether that is under way.
#[derive(Default)]
pub(crate) struct FlowLog {
    limit: Limit,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Flow>,
    /// A unit of work was asked for and has not begun.
    asked: bool,
}

/// Where a record stands that was put into the queue.
enum Put {
    /// Somebody has to write.
    First,
    /// Somebody will.
    Behind,
    /// Nowhere.
    Full,
}

impl FlowLog {
    fn put(&self, flow: Flow) -> Put {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.waiting.len() >= WAITING {
            return Put::Full;
        }
        queue.waiting.push(flow);
        if std::mem::replace(&mut queue.asked, true) {
            Put::Behind
        } else {
            Put::First
        }
    }

    /// Everything that waits. Whoever comes after this has to ask anew.
    fn take(&self) -> Vec<Flow> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.asked = false;
        std::mem::take(&mut queue.waiting)
    }
}
