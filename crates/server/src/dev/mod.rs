//! `signet dev`: a provider to try, with people, two applications, an API and nothing to clean up.
//!
//! It knows nothing of configuration files and databases of others: it listens on loopback, keeps everything in a
//! directory of its own, and takes that with it when it ends.

pub(crate) mod beside;
mod cast;
mod ports;
mod report;
mod sandbox;
mod words;

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use clap::Args;
use demo::{AppName, DemoApi, DemoApp};
use identity::Password;
use identity::password::argon2id::{self, Memory};
use kernel::secret::ClientSecret;
use kernel::{Ctx, Issuer, Plain, Policy, SystemClock, SystemEntropy, Timestamp};
use outbound::Outbound;
use store::{Database, OpenMode};
use token::keys::{KeyPlan, MasterKey};
use url::Url;
use web::peer::TrustedProxies;

use crate::cli::{Answer, healthcheck};
use crate::exit::{Exit, Failure};
use crate::http::Manner;
use crate::installation::{Installation, Keep};
use crate::logging::{self, Detail};
use crate::mail_room::MailRoom;
use crate::notifier::Notifier;
use crate::provider::{self, Provider, Surroundings};
use crate::serve::{Hangups, Keeper, Servers, Stop, Sweeper, on_io};
use crate::vault::Vault;
use ports::Listeners;
use report::Report;
use sandbox::Sandbox;

#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    /// Port of the provider; the applications and the API take the next three. 0 takes free ones
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Write what programs need to know into a file, once everything answers
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

/// Runs the sandbox until it is stopped.
pub(crate) fn run(args: &DevArgs) -> Result<Answer, Failure> {
    logging::start(Detail::WarningsOnly);
    let listeners = Listeners::bind(args.port)?;
    let ctx = context(listeners.issuer.clone());
    let began = ctx.now();
    let sandbox = Sandbox::new(&*ctx.entropy)?;
    let (provider, report) = raise(&sandbox, ctx, &listeners)?;
    let keeper = Keeper::start(&provider, KeyPlan::default())?;
    let sweeper = Sweeper::start(&provider)?;
    let outbound = Outbound::loopback().map_err(|error| Failure::new(Exit::Failed, error))?;
    let notifier = Notifier::start(provider.state.clone(), outbound).map_err(on_io)?;
    let served = actix_web::rt::System::new().block_on(serve(&provider, listeners, &report, args, began));
    // The database closes before its directory goes.
    drop((notifier, sweeper, keeper, provider));
    drop(sandbox);
    served.map(|()| Answer::Silence)
}

fn context(issuer: String) -> Ctx {
    Ctx {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        issuer: Issuer::new(issuer),
        policy: Policy::default(),
    }
}

/// Makes database, keys, people and clients.
fn raise(sandbox: &Sandbox, ctx: Ctx, listeners: &Listeners) -> Result<(Provider, Report), Failure> {
    let url = format!("sqlite://{}", sandbox.path().join("signet.db").display());
    let store = Arc::new(Database::open(&url, OpenMode::Create)?);
    let installation = Installation {
        store,
        ctx: Arc::new(ctx),
    };
    let entropy = &*installation.ctx.entropy;
    let master = MasterKey::generate(entropy);
    provider::ensure_keys(&installation, &KeyPlan::default(), &master)?;
    let api = DemoApi {
        base_url: url_of(&listeners.api_url)?,
        issuer: listeners.issuer.clone(),
        client_id: "demo-api".to_owned(),
        client_secret: Plain::<ClientSecret>::generate(entropy).expose().to_owned(),
    };
    let apps = applications(listeners, &api, &installation.ctx)?;
    let password = words::password(entropy);
    let typed = Password::new(&password).map_err(|error| Failure::new(Exit::Failed, error))?;
    let hash = argon2id::hash(&mut Memory::default(), &typed, entropy)
        .map_err(|error| Failure::new(Exit::Failed, error))?;
    let (cast, guarded) = (apps.clone(), api.clone());
    let clients = installation.write(Keep::Changes, move |ports, ctx| {
        cast::install(ports, ctx, &cast, &guarded, &hash)
    })?;
    let report = Report {
        issuer: listeners.issuer.clone(),
        management_url: listeners.management_url.clone(),
        password,
        apps,
        api,
        clients,
    };
    let mail = MailRoom::catching(&installation.ctx)?;
    let provider = Provider::open(
        &installation,
        Vault::new(master, None),
        Surroundings {
            hosts: Vec::new(),
            trusted_proxies: TrustedProxies::default(),
            key_plan: KeyPlan::default(),
            urls: Arc::new(cast::ThisMachine),
        },
        mail,
        provider::metrics()?,
    )?;
    Ok((provider, report))
}

fn url_of(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| Failure::new(Exit::Failed, error))
}

fn applications(listeners: &Listeners, api: &DemoApi, ctx: &Ctx) -> Result<Vec<DemoApp>, Failure> {
    let [notes, calendar] = [url_of(&listeners.app_urls[0])?, url_of(&listeners.app_urls[1])?];
    let app = |name: AppName, base_url: &Url, other| DemoApp {
        name,
        base_url: base_url.clone(),
        issuer: ctx.issuer.as_str().to_owned(),
        client_id: name.slug().to_owned(),
        client_secret: Plain::<ClientSecret>::generate(&*ctx.entropy).expose().to_owned(),
        api: api.clone(),
        other,
    };
    Ok(vec![
        app(AppName::Notes, &notes, (AppName::Calendar, calendar.clone())),
        app(AppName::Calendar, &calendar, (AppName::Notes, notes.clone())),
    ])
}

/// Starts all servers, tells about them once they answer, and waits for the end.
async fn serve(
    provider: &Provider,
    listeners: Listeners,
    report: &Report,
    args: &DevArgs,
    began: Timestamp,
) -> Result<(), Failure> {
    let stop = Stop::on_signals().map_err(on_io)?;
    let Listeners {
        public,
        management,
        management_address,
        apps,
        api,
        ..
    } = listeners;
    let servers = Servers::start(
        provider,
        &KeyPlan::default(),
        public,
        management,
        Manner::default(),
    )
    .map_err(on_io)?;
    let mut hangups = Hangups::on_signal().map_err(on_io)?;
    actix_web::rt::spawn(async move {
        loop {
            hangups.next().await;
            tracing::warn!("SIGHUP: the sandbox has no configuration to read again");
        }
    });
    let handles = serve_demos(report, apps, api).map_err(on_io)?;
    let answering = async {
        while healthcheck::ask(management_address).await != Ok(200) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let mut running = pin!(servers.run_until(stop, Duration::ZERO));
    let served = tokio::select! {
        // Stopped before it was ever ready.
        served = &mut running => served,
        () = answering => {
            announce(report, args, provider.state.ctx.now().since(began))?;
            running.await
        }
    };
    for handle in handles {
        handle.stop(false).await;
    }
    served.map_err(on_io)
}

/// Starts the applications and the API.
fn serve_demos(
    report: &Report,
    apps: [TcpListener; 2],
    api: TcpListener,
) -> std::io::Result<Vec<ServerHandle>> {
    let mut servers = vec![demo::serve_api(report.api.clone(), api)?];
    for (app, listener) in report.apps.iter().zip(apps) {
        servers.push(demo::serve(app.clone(), listener)?);
    }
    let handles = servers.iter().map(|server| server.handle()).collect();
    for server in servers {
        actix_web::rt::spawn(server);
    }
    Ok(handles)
}

fn announce(report: &Report, args: &DevArgs, took: Duration) -> Result<(), Failure> {
    // A closed standard output is no reason to end a server.
    let _ = std::io::stdout().lock().write_all(report.screen(took).as_bytes());
    args.ready_file
        .as_deref()
        .map_or(Ok(()), |path| report.write(path))
}
