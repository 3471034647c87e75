//! `signet demo`: the sandbox's applications and their API beside an installation that stays.
//!
//! They are clients like any other there: registered by whoever runs it (`deploy/compose/setup.sh` does it with ordinary
//! verbs), each with its secret in a file. Owns where they listen and how they end; what they are is `demo`'s.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use clap::Args;
use demo::{AppName, DemoApi, DemoApp};
use url::Url;

use crate::cli::{Answer, secret_file};
use crate::exit::Failure;
use crate::serve::{Stop, bind, on_io};

/// The API's client, and the name of its file.
const API: &str = "demo-api";

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The provider to sign in at. The applications reach nothing but this machine
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Where the secrets of the clients `notes`, `calendar` and `demo-api` are, each in a file of that name
    #[arg(long, value_name = "DIR")]
    secrets: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    listen: IpAddr,
    /// Port of Notes; Calendar and the API take the next two. People open them at localhost
    #[arg(long, default_value_t = 8081)]
    port: u16,
}

/// Serves both applications and the API until stopped.
pub(crate) fn run(args: &DemoArgs) -> Result<Answer, Failure> {
    let [notes, calendar, api] = [args.door(0)?, args.door(1)?, args.door(2)?];
    let guarded = DemoApi {
        base_url: api.url.clone(),
        issuer: args.issuer.clone(),
        client_id: API.to_owned(),
        client_secret: args.secret(API)?,
    };
    let apps = [
        args.app(AppName::Notes, &notes, (AppName::Calendar, &calendar), &guarded)?,
        args.app(AppName::Calendar, &calendar, (AppName::Notes, &notes), &guarded)?,
    ];
    let places = format!("{}\n{}\n{}\n", notes.url, calendar.url, api.url);
    actix_web::rt::System::new()
        .block_on(async move {
            let mut stop = Stop::on_signals()?;
            let mut servers = vec![demo::serve_api(guarded, api.listener)?];
            for (app, door) in apps.into_iter().zip([notes, calendar]) {
                servers.push(demo::serve(app, door.listener)?);
            }
            let handles: Vec<_> = servers.iter().map(|server| server.handle()).collect();
            for server in servers {
                actix_web::rt::spawn(server);
            }
            eprint!("{places}");
            stop.requested().await;
            for handle in handles {
                handle.stop(true).await;
            }
            Ok(())
        })
        .map_err(on_io)?;
    Ok(Answer::Silence)
}

/// Where one of them is.
struct Door {
    listener: TcpListener,
    /// As people open it.
    url: Url,
}

impl DemoArgs {
    fn door(&self, offset: u16) -> Result<Door, Failure> {
        let no_room = || Failure::usage("--port leaves no room for the ports of Calendar and the API");
        let port = self.port.checked_add(offset).ok_or_else(no_room)?;
        let listener = bind(SocketAddr::new(self.listen, port), "choose others with --port N")?;
        let url = super::url_of(&format!("http://localhost:{port}"))?;
        Ok(Door { listener, url })
    }

    fn secret(&self, client: &str) -> Result<String, Failure> {
        let secret = secret_file::from_file(&self.secrets.join(client))?;
        Ok(secret.as_str().to_owned())
    }

    fn app(
        &self,
        name: AppName,
        door: &Door,
        (other, its): (AppName, &Door),
        api: &DemoApi,
    ) -> Result<DemoApp, Failure> {
        Ok(DemoApp {
            name,
            base_url: door.url.clone(),
            issuer: self.issuer.clone(),
            client_id: name.slug().to_owned(),
            client_secret: self.secret(name.slug())?,
            api: api.clone(),
            other: (other, its.url.clone()),
        })
    }
}
