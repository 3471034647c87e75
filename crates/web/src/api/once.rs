//! `Idempotency-Key`: a request that makes something, sent again because its answer was not heard, makes nothing a second time.
//!
//! The answer is kept for a day in the unit of work that made the thing, under a digest of bearer, operation and key. It may
//! hold a secret that is shown once, so it is sealed under a key derived from the server's master key and from the client's,
//! which is not stored: neither the database nor the database with the master key gives the secret away.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use admin::answers::{KEPT, KeptAnswer};
use identity::ports::Insert;
use kernel::digest::sha256_parts;
use kernel::{Ctx, StorageFault};
use token::keys::MasterKey;

use super::bearer::Bearer;
use super::call::{AllPorts, Stop};
use super::problem::{Kind, Problem};
use super::reply::Reply;

/// The longest key taken.
const LONGEST: usize = 255;

/// A key, tied to whoever sent it and to what they asked.
#[derive(Clone)]
pub(super) struct Key {
    key: [u8; 32],
    asked: [u8; 32],
    seal: Arc<MasterKey>,
}

impl Key {
    /// The key of a request, if it has one.
    ///
    /// # Errors
    /// 400 for one that is empty, too long, sent twice, or has other than printable ASCII characters.
    pub(super) fn of(
        request: &HttpRequest,
        bearer: &Bearer,
        operation: &'static str,
        body: &[u8],
        master: &MasterKey,
    ) -> Result<Option<Self>, Problem> {
        let name = HeaderName::from_static("idempotency-key");
        let mut headers = request.headers().get_all(&name);
        let Some(header) = headers.next() else {
            return Ok(None);
        };
        let text = header.to_str().unwrap_or_default().trim();
        let fits = (1..=LONGEST).contains(&text.len()) && headers.next().is_none();
        if !fits {
            return Err(Problem::bad(
                "Idempotency-Key: once, with 1 to 255 printable ASCII characters",
            ));
        }
        let (who, path) = (bearer.name(), request.path());
        // Lengths keep the parts apart.
        let parts = [&who, operation, path, text].map(|part| format!("{}:{part}", part.len()));
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        Ok(Some(Self {
            key: sha256_parts(&parts),
            asked: sha256_parts(&[body]),
            seal: Arc::new(master.derive(&["signet api answer 1", operation, &who, text])),
        }))
    }

    /// Does `work` unless that was done under this key.
    pub(super) fn once(
        self,
        tx: &mut AllPorts,
        ctx: &Ctx,
        work: impl FnOnce(&mut AllPorts) -> Result<Reply, Stop>,
    ) -> Result<Reply, Stop> {
        let since = ctx.now().minus(KEPT);
        if let Some(kept) = tx.kept_answer(&self.key, since)? {
            return self.again(&kept);
        }
        let reply = work(tx)?;
        let json = serde_json::to_vec(&reply).unwrap_or_default();
        let answer = KeptAnswer {
            key: self.key,
            asked: self.asked,
            sealed: self.seal.seal("", &json, &*ctx.entropy),
            at: ctx.now(),
        };
        match tx.keep_answer(&answer, since)? {
            Insert::Done => Ok(reply),
            // Both did the work; the one that was slower is undone with this refusal.
            Insert::Taken => Err(Stop::Reused(
                Kind::Conflict,
                "the same request is being answered at this moment; ask again",
            )),
        }
    }

    fn again(&self, kept: &KeptAnswer) -> Result<Reply, Stop> {
        if kept.asked != self.asked {
            let detail = "this Idempotency-Key was used for another request";
            return Err(Stop::Reused(Kind::InvalidValues, detail));
        }
        let opened = self.seal.open("", &kept.sealed);
        let reply: Option<Reply> = opened.and_then(|json| serde_json::from_slice(&json).ok());
        match reply {
            Some(reply) => Ok(reply.again()),
            // The master key was replaced since.
            None => Err(StorageFault::Unavailable("a kept answer does not open".to_owned()).into()),
        }
    }
}
