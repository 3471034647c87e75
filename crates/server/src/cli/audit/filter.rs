//! The filters as options of the command line: those of URLs, under the same names.

use admin::AdminFault;
use admin::audit::AuditFilter;
use clap::Args;
use kernel::Timestamp;

use crate::exit::Failure;

/// What to look for; everything given has to fit.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Filters {
    /// At this time or later: 2026-11-22T10:15:00Z, 2026-11-22, or an age such as 24h
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Who did it: a sub, a client's id, cli or server
    #[arg(long)]
    actor: Option<String>,
    /// Whom or what it concerned: a sub, client id, kid, sid, name
    #[arg(long)]
    subject: Option<String>,
    /// The client involved
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    /// What happened: user.login, or all that begins so: key.*
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// How it ended: done or refused
    #[arg(long)]
    outcome: Option<String>,
    /// From an address or a network: 192.0.2.7, 2001:db8::/32
    #[arg(long, value_name = "IP|CIDR")]
    address: Option<String>,
    /// In the session with this sid
    #[arg(long, value_name = "SID")]
    session: Option<String>,
    /// By the request with this id, as error pages and the log have it
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// What happened to this signing key
    #[arg(long)]
    kid: Option<String>,
}

impl Filters {
    /// All of them, checked.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(super) fn parse(&self, now: Timestamp) -> Result<AuditFilter, Failure> {
        let values = [
            &self.since,
            &self.until,
            &self.actor,
            &self.subject,
            &self.client,
            &self.event,
            &self.outcome,
            &self.address,
            &self.session,
            &self.correlation_id,
            &self.kid,
        ];
        let (mut filter, mut wrong) = (AuditFilter::default(), Vec::new());
        for (name, value) in AuditFilter::NAMES.into_iter().zip(values) {
            if let Some(value) = value {
                wrong.extend(filter.set(name, value, now).err());
            }
        }
        if wrong.is_empty() {
            Ok(filter)
        } else {
            Err(AdminFault::Invalid(wrong).into())
        }
    }
}
