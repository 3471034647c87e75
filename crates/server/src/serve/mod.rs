//! `signet serve`: the provider and its management port, until somebody stops it.

mod answering;
mod checkpoints;
mod first_owner;
mod job;
mod keeper;
mod listener;
mod manager;
mod reload;
mod servers;
mod shutdown;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use clap::Args;
use identity::notice::Post;
use store::schema;
use token::SigningAlg;
use token::keys::KeyFault;
use web::peer::TrustedProxies;

use crate::cli::healthcheck::reachable;
use crate::cli::{Answer, Options};
use crate::config::Config;
use crate::exit::{Exit, Failure};
use crate::http::Manner;
use crate::installation::Installation;
use crate::logging::{self, Detail};
use crate::mail_room::{self, MailRoom};
use crate::master_key;
use crate::notifier::Notifier;
use crate::outgoing::{self, UrlJudge};
use crate::post_office::PostOffice;
use crate::provider::{self, Provider, Surroundings};
use crate::tls::{Tls, Watch};
use crate::vault::Vault;

use answering::answering;
use reload::Reloader;

pub(crate) use job::Sweeper;
pub(crate) use keeper::{Keeper, Wake};
pub(crate) use listener::bind;
pub(crate) use servers::Servers;
pub(crate) use shutdown::{Hangups, Stop};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Refuse a schema that is not up to date instead of migrating it
    #[arg(long)]
    no_migrate: bool,
}

/// Serves until stopped.
pub(crate) fn run(args: &ServeArgs, options: &Options) -> Result<Answer, Failure> {
    let config = options.load()?;
    let tls = config.read_tls()?.map(|prepared| Arc::new(Tls::new(prepared)));
    logging::start(Detail::Requests);
    // Before anything that takes time: the first process of a container is not ended by a signal nobody takes, and others are
    // by a hangup.
    let system = actix_web::rt::System::new();
    let mut signals = system.block_on(Signals::taken()).map_err(on_io)?;
    if !args.no_migrate {
        let applied = schema::up(&config.database)?;
        for step in applied {
            tracing::info!(step, "schema migrated");
        }
    }
    if system.block_on(signals.end_the_start()) {
        return Ok(Answer::Silence);
    }
    let (provider, post) = open(&config)?;
    let keeper = Keeper::start(&provider, config.key_plan.clone())?;
    let public = bind(config.listen, "server.listen")?;
    let management = bind(config.management, "server.management")?;
    let sweeper = Sweeper::start(&provider)?;
    let outbound = outgoing::open(config.outbound_allow.clone(), &config.outbound_authorities)?;
    let notifier = Notifier::start(provider.state.clone(), outbound).map_err(on_io)?;
    let watch = watch(&provider, tls.as_ref()).map_err(on_io)?;
    let reloader = Reloader {
        options: options.clone(),
        began: config.clone(),
        in_force: config.clone(),
        state: Arc::clone(&provider.state),
        post: Arc::clone(&post),
        tls: tls.clone(),
    };
    let manner = Manner {
        tls,
        ..Manner::default()
    };
    let served = match system.block_on(signals.end_the_start()) {
        true => Ok(()),
        false => system.block_on(serve(
            &config,
            &provider,
            (reloader, manner),
            signals,
            (public, management),
        )),
    };
    drop((watch, notifier, sweeper, keeper));
    // The last answers may have written letters.
    post.close();
    served.map(|()| Answer::Silence)
}

/// What the system tells the process.
struct Signals {
    stop: Stop,
    hangups: Hangups,
}

impl Signals {
    /// Takes them from the system's hands, within the runtime.
    async fn taken() -> std::io::Result<Self> {
        Ok(Self {
            stop: Stop::on_signals()?,
            hangups: Hangups::on_signal()?,
        })
    }

    /// Whether somebody wants the process to end, which has not begun to serve. Asked between steps: none is broken off.
    async fn end_the_start(&mut self) -> bool {
        let is_asked = self.stop.requested_already().await.is_some();
        if is_asked {
            tracing::info!("stopping: asked to before serving began");
        }
        is_asked
    }
}

/// Has new certificates noticed, and metrics told when the one in use ends.
fn watch(provider: &Provider, tls: Option<&Arc<Tls>>) -> std::io::Result<Option<Watch>> {
    let Some(tls) = tls else { return Ok(None) };
    let metrics = Arc::clone(&provider.state.metrics);
    metrics.certificate_ends(tls.ends());
    let watch = Watch::start(Arc::clone(tls), move |tls| metrics.certificate_ends(tls.ends()));
    watch.map(Some)
}

/// Serves on these two listeners, the public one and the management port.
async fn serve(
    config: &Config,
    provider: &Provider,
    (reloader, manner): (Reloader, Manner),
    Signals { stop, hangups }: Signals,
    (public, management): (TcpListener, TcpListener),
) -> Result<(), Failure> {
    let listening = (address(&public)?, address(&management)?);
    let pulses = manner.pulses.clone();
    let servers =
        Servers::start(provider, &config.key_plan, vec![public], management, manner).map_err(on_io)?;
    announce(config, provider, listening);
    first_owner::invite(provider);
    let beside = actix_web::rt::spawn(async move {
        answering(reachable(listening.0)).await;
        answering(reachable(listening.1)).await;
        manager::ready();
        tokio::join!(reload::at_hangups(hangups, reloader), manager::keep_alive(pulses));
    });
    let served = servers.run_until(stop, config.drain).await;
    beside.abort();
    served.map_err(on_io)
}

/// Opens the installation; refuses a master key that is missing or not the database's.
fn open(config: &Config) -> Result<(Provider, Arc<PostOffice>), Failure> {
    let master = master_key::read(&config.master_key_file)?;
    let installation = Installation::open(config)?;
    let master = match provider::check_master(&installation, master) {
        Ok(master) => master,
        Err(KeyFault::NotInitialised) => {
            // A database that never had keys has nothing they could have sealed.
            let master = master_key::read(&config.master_key_file)?;
            provider::ensure_keys(&installation, &config.key_plan, &master)?;
            tracing::info!("first signing keys made");
            master
        }
        Err(KeyFault::WrongMasterKey) => {
            let path = config.master_key_file.display();
            let reason = format!("master key {path}: {}", KeyFault::WrongMasterKey);
            return Err(Failure::new(Exit::Configuration, reason));
        }
        Err(fault) => return Err(provider::on_keys(fault)),
    };
    let trusted_proxies = TrustedProxies::parse(&config.trusted_proxies)
        .map_err(|range| Failure::new(Exit::Configuration, format!("server.trusted_proxies: {range}")))?;
    let surroundings = Surroundings {
        hosts: config.hosts.clone(),
        trusted_proxies,
        key_plan: config.key_plan.clone(),
        urls: Arc::new(UrlJudge::new(config.outbound_allow.clone())),
    };
    let metrics = provider::metrics()?;
    let carriage = mail_room::carriage(config.mail.as_ref(), &installation.ctx, &metrics)?;
    let post = Arc::new(PostOffice::new(carriage));
    let mail = MailRoom {
        post: Arc::clone(&post) as Arc<dyn Post>,
        inbox: None,
    };
    let vault = Vault::new(master, Some(config.master_key_file.clone()));
    let provider = Provider::open(&installation, vault, surroundings, mail, metrics)?;
    Ok((provider, post))
}

fn announce(config: &Config, provider: &Provider, (listen, management): (SocketAddr, SocketAddr)) {
    let database = config.database.split("://").next().unwrap_or_default();
    let ring = provider.state.ring.get();
    let keys: Vec<&str> = ring.algorithms().map(SigningAlg::as_str).collect();
    let keys = keys.join(" ");
    tracing::info!(issuer = %config.issuer, %listen, %management, database, keys, "ready");
}

fn address(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener.local_addr().map_err(on_io)
}

/// An error of the machine nobody can do much about.
#[allow(clippy::needless_pass_by_value, reason = "the shape `map_err` wants")]
pub(crate) fn on_io(error: std::io::Error) -> Failure {
    Failure::new(Exit::Failed, crate::exit::plain(&error))
}
