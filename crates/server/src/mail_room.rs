//! Which post a provider has: a mail server, none, or a catcher.

use std::sync::Arc;

use identity::inbox::Inbox;
use identity::notice::{NoPost, Post};
use kernel::Ctx;
use mail::{Catcher, Fate, MailConfig, Mailer, Sender};
use url::Url;
use web::Metrics;
use web::metrics::MailOutcome;

use crate::exit::{Exit, Failure};
use crate::post_office::Carriage;

/// Where letters go, and where they can be read if they go nowhere.
pub(crate) struct MailRoom {
    /// Takes letters.
    pub(crate) post: Arc<dyn Post>,
    /// Shows them.
    pub(crate) inbox: Option<Arc<dyn Inbox>>,
}

impl MailRoom {
    /// Of the sandbox: letters are kept to be looked at.
    ///
    /// # Errors
    /// When the issuer's host cannot have a mailbox.
    pub(crate) fn catching(ctx: &Arc<Ctx>) -> Result<Self, Failure> {
        let issuer = Url::parse(ctx.issuer.as_str()).map_err(|error| Failure::new(Exit::Failed, error))?;
        let sender = issuer.host_str().and_then(Sender::of_host);
        let sender = sender.ok_or_else(|| Failure::new(Exit::Failed, "the issuer's host has no mailbox"))?;
        let catcher = Arc::new(Catcher::new(Arc::clone(ctx), sender));
        Ok(Self {
            post: Arc::clone(&catcher) as Arc<dyn Post>,
            inbox: Some(catcher),
        })
    }
}

/// How letters leave, as configured. What becomes of letters is counted.
///
/// # Errors
/// When TLS cannot be set up or no thread can be had. Whether the mail server answers is not asked: nobody should be kept from
/// signing in because it does not.
pub(crate) fn carriage(
    config: Option<&MailConfig>,
    ctx: &Arc<Ctx>,
    metrics: &Arc<Metrics>,
) -> Result<Carriage, Failure> {
    let Some(config) = config else {
        return Ok(Carriage::None(NoPost::new()));
    };
    let metrics = Arc::clone(metrics);
    let count = move |kind, fate| {
        let outcome = match fate {
            Fate::Sent => MailOutcome::Sent,
            Fate::Lost => MailOutcome::Lost,
        };
        metrics.letter(kind, outcome);
    };
    let mailer = Mailer::start(config, Arc::clone(ctx), Box::new(count));
    let mailer = mailer.map_err(|fault| Failure::new(Exit::Failed, fault))?;
    Ok(Carriage::Mailer(mailer))
}
