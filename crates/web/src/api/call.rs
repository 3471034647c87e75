//! One request to the API: what came, and running a use-case for its bearer.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use admin::audit::moment;
use admin::directory::{Cursor, Page};
use admin::{Actor, AdminFault, Permission, Ports};
use kernel::{Ctx, StorageFault, Timestamp};
use protocol::Params;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::bearer::Bearer;
use super::etag::IfMatch;
use super::once::Key;
use super::paging::{self, Pace, Place};
use super::problem::{Kind, Problem};
use super::reply::Reply;
use super::{Answer, body};
use crate::state::AppState;
use crate::{peer, unit};

/// The ports of one transaction.
pub(super) type AllPorts = dyn Ports;

/// A request that may be done.
pub(super) struct Call {
    pub(super) state: web::Data<AppState>,
    pub(super) bearer: Bearer,
    /// The operation's id.
    pub(super) operation: &'static str,
    /// What the bearer has to be allowed.
    pub(super) needs: &'static [Permission],
    pub(super) path: HashMap<String, String>,
    pub(super) query: Params,
    pub(super) body: Vec<u8>,
    pub(super) seen: IfMatch,
    pub(super) key: Option<Key>,
    pub(super) address: Option<String>,
}

/// Why a unit of work was not done.
#[derive(Debug)]
pub(super) enum Stop {
    /// The use-case said no.
    Fault(AdminFault),
    /// The token does not count any more.
    Gone,
    /// The thing is at another edition than the one that was seen.
    Stale,
    /// An answer kept for a retry belongs to another request, or to one that is being answered.
    Reused(Kind, &'static str),
}

impl From<AdminFault> for Stop {
    fn from(fault: AdminFault) -> Self {
        Stop::Fault(fault)
    }
}

impl From<StorageFault> for Stop {
    fn from(fault: StorageFault) -> Self {
        Stop::Fault(AdminFault::Storage(fault))
    }
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => fault.into(),
            Stop::Gone => Problem::invalid_token(),
            Stop::Stale => Problem::new(Kind::Changed, "somebody changed it since you saw it"),
            Stop::Reused(kind, detail) => Problem::new(kind, detail),
        }
    }
}

impl Call {
    /// From where a request came, as the trail has it.
    pub(super) fn address_of(request: &HttpRequest, state: &AppState) -> Option<String> {
        peer::address(request, &state.trusted_proxies).map(|address| address.to_string())
    }

    /// A part of the path, decoded.
    pub(super) fn segment(&self, name: &str) -> String {
        self.path.get(name).cloned().unwrap_or_default()
    }

    /// A parameter of the query.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.query.get(name).map(str::to_owned)
    }

    /// A moment in the query.
    ///
    /// # Errors
    /// 400.
    pub(super) fn moment(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.query.get(name) else {
            return Ok(None);
        };
        let moment = moment::parse(text, self.state.ctx.now());
        moment.map(Some).ok_or_else(|| Problem::bad(not_a_moment(name)))
    }

    /// One of several words in the query.
    ///
    /// # Errors
    /// 400 for another one.
    pub(super) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Problem> {
        let Some(text) = self.query.get(name) else {
            return Ok(None);
        };
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Problem::bad(format!("{name}: one of {}", all.join(", ")))
        })
    }

    /// What the body says.
    ///
    /// # Errors
    /// 400, 422.
    pub(super) fn said<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::parse(&self.body)
    }

    /// The merge patch in the body.
    ///
    /// # Errors
    /// 400, 422.
    pub(super) fn patch(&self) -> Result<Map<String, Value>, Problem> {
        body::patch(&self.body)
    }

    /// How much of the list is wanted, and from where.
    ///
    /// # Errors
    /// 400.
    pub(super) fn pace(&self) -> Result<Pace, Problem> {
        let after = match self.query.get("cursor") {
            Some(text) => Some(self.place().open(&self.state.custody.master(), text)?),
            None => None,
        };
        let limit = paging::limit(self.query.get("limit"))?;
        Ok(Pace { after, limit })
    }

    fn place(&self) -> Place {
        let mut pairs: Vec<_> = self.query.pairs().to_vec();
        pairs.retain(|(name, value)| !value.is_empty() && name != "cursor" && name != "limit");
        pairs.sort();
        let mut own: Vec<_> = self.path.clone().into_iter().collect();
        own.sort();
        let mut filter = form_urlencoded::Serializer::new(String::new());
        Place {
            list: self.operation,
            filter: filter
                .extend_pairs(own)
                .append_key_only("")
                .extend_pairs(pairs)
                .finish(),
            bearer: self.bearer.name(),
        }
    }

    /// A page, with the way to the next one.
    pub(super) fn page<T: Serialize>(&self, page: Page<T>) -> Answer {
        let (next, link) = self.next(page.next);
        Reply::page(&page.items, next, link)
    }

    /// The cursor that leads on, and the same as a link.
    fn next(&self, at: Option<Cursor>) -> (Option<String>, Option<String>) {
        let next = at.map(|at| {
            let place = self.place();
            place.seal(&self.state.custody.master(), &at, &*self.state.ctx.entropy)
        });
        let link = next.as_ref().map(|cursor| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let kept = self.query.pairs().iter().filter(|(name, _)| name != "cursor");
            query.extend_pairs(kept).append_pair("cursor", cursor);
            // A reference to the same path (RFC 3986 4.2).
            format!("<?{}>; rel=\"next\"", query.finish())
        });
        (next, link)
    }

    /// Runs `work` against one consistent state, for the bearer as they are now.
    ///
    /// # Errors
    /// Those of `work`; 401 for a token that does not count any more.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<T, Stop> + Send + 'static,
    {
        let terms = self.terms();
        let done = unit::read(&self.state, move |tx| run(tx, terms, work));
        Ok(done.await?)
    }

    /// Runs `work` in a transaction, for the bearer as they are now.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<T, Stop> + Send + 'static,
    {
        let terms = self.terms();
        let done = unit::write(&self.state, move |tx| run(tx, terms, work));
        Ok(done.await?)
    }

    /// As [`write`](Self::write), for what makes something: a retry with the same `Idempotency-Key` gets the same answer and
    /// makes nothing.
    ///
    /// # Errors
    /// As [`read`](Self::read); 422 for a key that was used for something else.
    pub(super) async fn once<F>(&self, work: F) -> Answer
    where
        F: FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<Reply, Stop> + Send + 'static,
    {
        let key = self.key.clone();
        self.write(move |tx, ctx, actor| match key {
            None => work(tx, ctx, actor),
            Some(key) => key.once(tx, ctx, |tx| work(tx, ctx, actor)),
        })
        .await
    }

    fn terms(&self) -> Terms {
        Terms {
            ctx: Arc::clone(&self.state.ctx),
            bearer: self.bearer.clone(),
            address: self.address.clone(),
            needs: self.needs,
        }
    }
}

/// For whom a unit of work is done.
struct Terms {
    ctx: Arc<Ctx>,
    bearer: Bearer,
    address: Option<String>,
    needs: &'static [Permission],
}

/// Who is there, and what they want, in one unit of work. Use-cases ask for their own permissions; what an answer shows beside
/// takes those of the table, too.
fn run<T>(
    tx: &mut AllPorts,
    terms: Terms,
    work: impl FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let actor = enter(tx, &terms)?;
    work(tx, &terms.ctx, &actor)
}

/// Whose token it is, and that they may. Compiled once, not again for every use-case.
#[inline(never)]
fn enter(tx: &mut AllPorts, terms: &Terms) -> Result<Actor, Stop> {
    let present = terms.bearer.present(tx, terms.address.clone())?;
    let actor = present.ok_or(Stop::Gone)?;
    for needed in terms.needs {
        actor.require(*needed)?;
    }
    Ok(actor)
}

/// What is wrong with a moment.
pub(super) fn not_a_moment(name: &str) -> String {
    format!("{name}: a time such as 2026-11-22T10:15:00Z, a date, or an age such as 24h")
}

/// An answer made inside a unit of work. It is always JSON.
pub(super) fn written(answer: Answer) -> Result<Reply, Stop> {
    answer.map_err(|_| StorageFault::Panicked("an answer could not be written".to_owned()).into())
}

/// There is no `what` called `name`.
pub(super) fn not_found(what: &'static str, name: impl Into<String>) -> AdminFault {
    AdminFault::NotFound {
        what,
        name: name.into(),
    }
}
