//! What `signet dev` tells: a screen for people, a file for programs.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use admin::clients::Registered;
use admin::view::ClientView;
use demo::{DemoApi, DemoApp};
use kernel::Plain;
use serde_json::{Value, json};

use super::cast::PEOPLE;
use crate::cli::VERSION;
use crate::exit::{Exit, Failure, on_file};

/// Everything there is to tell.
pub(crate) struct Report {
    /// Of the provider.
    pub(crate) issuer: String,
    /// The management port.
    pub(crate) management_url: String,
    /// Of both people.
    pub(crate) password: String,
    /// The applications.
    pub(crate) apps: Vec<DemoApp>,
    /// The API they call.
    pub(crate) api: DemoApi,
    /// All clients: the applications' first, the one for experiments last.
    pub(crate) clients: Vec<Registered>,
}

impl Report {
    /// The screen.
    pub(crate) fn screen(&self, took: Duration) -> String {
        let [ordinary, administrator] =
            PEOPLE.map(|person| format!("{} / {}", person.username, self.password));
        let mut rows = Vec::new();
        for (at, app) in self.apps.iter().enumerate() {
            let (label, hint) = if at == 0 {
                ("Two apps", "sign in at one, then open the other")
            } else {
                ("", "")
            };
            rows.push((label, origin(app), format!("{:13}  {hint}", app.name.title())));
        }
        rows.push(("Sign in as", ordinary, format!("or {administrator}")));
        let account = format!("{}/account", self.issuer);
        rows.push(("Account", account, String::new()));
        rows.push((
            "Console",
            self.admin_url(),
            "sign in as admin: keys, people, applications".to_owned(),
        ));
        rows.push(("Mail it sends", self.mail_url(), String::new()));
        rows.push((
            "Demo API",
            self.api.identifier(),
            "both apps call it with Alice's token".to_owned(),
        ));
        let experiment = self
            .clients
            .last()
            .and_then(|it| Some((&it.client.client_id, it.secret.as_ref()?)));
        let experiment = experiment.map_or_else(String::new, |(client_id, secret)| {
            format!("client_id={client_id}  client_secret={}", secret.expose())
        });
        rows.push(("Issuer", self.issuer.clone(), experiment));
        let rows: String = rows
            .iter()
            .map(|(label, what, more)| {
                format!("  {label:15}  {what:22}  {more}").trim_end().to_owned() + "\n"
            })
            .collect();
        format!(
            "Signet {VERSION}   sandbox: embedded storage, loopback only, deleted on exit\n\n{rows}\n\
             Ready in {:.1} s. Ctrl-C stops.\n",
            took.as_secs_f64()
        )
    }

    /// The file, whole or not at all: it is written beside its place and then put there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let json = self.json()?;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}", std::process::id()));
        let draft = Path::new(&name);
        let put = || {
            use std::os::unix::fs::OpenOptionsExt as _;
            // It holds secrets.
            let mut options = std::fs::OpenOptions::new();
            let mut file = options
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(draft)?;
            file.write_all(format!("{json:#}\n").as_bytes())?;
            std::fs::rename(draft, path)
        };
        put().map_err(on_file(path))
    }

    fn json(&self) -> Result<Value, Failure> {
        let user = |person: super::cast::Person| json!({ "username": person.username, "email": person.email, "password": self.password });
        let clients: Result<Vec<Value>, Failure> = self.clients.iter().map(|it| self.client(it)).collect();
        Ok(json!({
            "issuer": self.issuer,
            "management_url": self.management_url,
            "users": PEOPLE.map(user),
            "clients": clients?,
            "mail_url": self.mail_url(),
            "admin_url": self.admin_url(),
            "apps": self.apps.iter().map(origin).collect::<Vec<_>>(),
            "api_url": self.api.identifier(),
            "pid": std::process::id(),
        }))
    }

    /// Where the console begins.
    fn admin_url(&self) -> String {
        format!("{}{}", self.issuer, web::CONSOLE_PATH)
    }

    /// Where caught letters are.
    fn mail_url(&self) -> String {
        format!("{}{}", self.issuer, web::INBOX_PATH)
    }

    /// A client with its secret, which registrations that bring one do not repeat.
    fn client(&self, registered: &Registered) -> Result<Value, Failure> {
        let apps = self.apps.iter().map(|app| (&app.client_id, &app.client_secret));
        let own = apps
            .chain([(&self.api.client_id, &self.api.client_secret)])
            .find(|(client_id, _)| **client_id == registered.client.client_id);
        let mut registered = registered.clone();
        registered.secret = registered
            .secret
            .or_else(|| own.map(|(_, secret)| Plain::from_presented(secret.as_str())));
        serde_json::to_value(ClientView::from(&registered)).map_err(|error| Failure::new(Exit::Failed, error))
    }
}

/// An application's address without the slash that URLs end in.
fn origin(app: &DemoApp) -> String {
    app.base_url.as_str().trim_end_matches('/').to_owned()
}
