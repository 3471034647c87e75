//! SIGHUP: the configuration is read again, and what a running server can take is taken. All of it or nothing: what is wrong
//! anywhere changes nothing.

use std::sync::Arc;

use web::AppState;
use web::peer::TrustedProxies;

use super::manager;
use super::shutdown::Hangups;
use crate::cli::Options;
use crate::config::{Config, Problems};
use crate::mail_room;
use crate::post_office::{Carriage, PostOffice};
use crate::tls::{Adopted, Prepared, Tls};

/// What can be changed, and by what it is as it is.
pub(super) struct Reloader {
    pub(super) options: Options,
    /// What the process was started with: keys that wait for a restart are compared with it.
    pub(super) began: Config,
    /// What is in force of all others.
    pub(super) in_force: Config,
    pub(super) state: Arc<AppState>,
    pub(super) post: Arc<PostOffice>,
    pub(super) tls: Option<Arc<Tls>>,
}

/// Reloads at each SIGHUP, and tells the service manager.
pub(super) async fn at_hangups(mut hangups: Hangups, mut reloader: Reloader) {
    loop {
        hangups.next().await;
        if reloader.state.is_draining() {
            continue;
        }
        manager::reloading();
        let reloaded = actix_web::web::block(move || {
            reloader.reload();
            reloader
        });
        let Ok(back) = reloaded.await else {
            tracing::error!(
                "reading the configuration again broke off; it will not be read at further signals"
            );
            manager::ready();
            return;
        };
        reloader = back;
        manager::ready();
    }
}

impl Reloader {
    fn reload(&mut self) {
        match self.prepare() {
            Ok(next) => self.apply(next),
            Err(Refusal::Problems(problems)) => {
                for problem in &problems.list {
                    let (place, reason, remedy) = (&problem.place, &problem.reason, &problem.remedy);
                    tracing::error!(%place, reason, remedy, "configuration not reloaded");
                }
            }
            Err(Refusal::Other(reason)) => tracing::error!(reason, "configuration not reloaded"),
        }
    }

    /// Everything that can fail.
    fn prepare(&self) -> Result<Next, Refusal> {
        let config = self.options.load()?;
        let tls = match self.tls {
            Some(_) => config.read_tls()?,
            None => None,
        };
        let trusted_proxies = TrustedProxies::parse(&config.trusted_proxies)
            .map_err(|range| Refusal::Other(format!("server.trusted_proxies: {range}")))?;
        let changed = self.in_force.differences(&config).reload;
        let carriage = if changed.iter().any(|path| path.starts_with("mail.")) {
            let carriage = mail_room::carriage(config.mail.as_ref(), &self.state.ctx, &self.state.metrics);
            Some(carriage.map_err(|failure| Refusal::Other(failure.to_string()))?)
        } else {
            None
        };
        Ok(Next {
            config,
            tls,
            trusted_proxies,
            carriage,
        })
    }

    fn apply(&mut self, next: Next) {
        let mut changed = self.in_force.differences(&next.config).reload;
        let mut waiting = self.began.differences(&next.config).restart;
        // Whether TLS is spoken at all was decided with the listeners.
        if self.tls.is_some() != next.config.tls.is_some() {
            let of_tls = |path: &&str| path.starts_with("server.tls_") || *path == "server.client_ca_file";
            waiting.extend(changed.extract_if(.., |path| of_tls(path)));
        }
        self.state.replace_hosts(&next.config.hosts);
        self.state.trusted_proxies.replace(&next.trusted_proxies);
        if let Some(carriage) = next.carriage {
            self.post.replace(carriage);
        }
        if let (Some(tls), Some(prepared)) = (&self.tls, next.tls) {
            // Under the same names, so that no setting tells of it.
            if tls.adopt(prepared) == Adopted::Another {
                tracing::info!(until = %tls.ends().to_rfc3339(), "new certificate in use");
            }
            self.state.metrics.certificate_ends(tls.ends());
        }
        self.in_force = next.config;
        let changed = changed.join(", ");
        tracing::info!(changed, "configuration reloaded");
        if !waiting.is_empty() {
            tracing::warn!("needs a restart: {}", waiting.join(", "));
        }
    }
}

/// What is to be in force next.
struct Next {
    config: Config,
    tls: Option<Prepared>,
    trusted_proxies: TrustedProxies,
    /// Only where it is another one.
    carriage: Option<Carriage>,
}

/// Why nothing is changed.
enum Refusal {
    Problems(Problems),
    Other(String),
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        Refusal::Problems(problems)
    }
}
