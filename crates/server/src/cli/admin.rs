//! `signet admin`: who may manage Signet. The first of them comes by a link; the glass is broken here.

use admin::administrators;
use admin::setup;
use admin::users;
use admin::view::StandingView;
use admin::{AdminFault, Administrator, Role};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::options::{Options, Writing};
use super::output::Answer;
use super::verb::{actor, many, one, open};
use crate::exit::{Exit, Failure};
use crate::installation::{Installation, Keep};

/// At the end of the help of the verbs that name roles.
const ROLES: &str = "\
Roles:
  owner           everything, making administrators included
  key-operator    signing keys, emergencies included
  user-manager    people, groups and their sessions
  client-manager  applications, APIs and scopes
  support         helps people who cannot sign in
  auditor         sees everything, changes nothing";

#[derive(Debug, Subcommand)]
pub(crate) enum AdminVerb {
    /// List everybody who holds an administrative role
    List,
    /// Print a link that makes the first owner: once, within an hour; older ones are worthless from now on
    SetupLink {
        #[command(flatten)]
        writing: Writing,
    },
    /// Let somebody in again as owner, and print a link to a new password, good once
    Recover {
        /// Username, e-mail address or sub
        user: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Give roles
    #[command(after_help = ROLES)]
    Grant(Change),
    /// Take roles; the last owner stays
    #[command(after_help = ROLES)]
    Withdraw(Change),
}

/// Whose roles, and which.
#[derive(Debug, Args)]
pub(crate) struct Change {
    /// Username, e-mail address or sub, then roles; with --client only roles
    #[arg(required = true, value_name = "USER ROLE")]
    words: Vec<String>,
    /// A client that acts for itself, instead of a person
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

/// What to do with the roles that were named.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Give,
    Take,
}

const ID: &str = "id";
const COLUMNS: &[&str] = &["name", "kind", "roles", "state", "id"];

impl AdminVerb {
    pub(crate) fn run(self, options: &Options) -> Result<Answer, Failure> {
        let installation = open(options)?;
        match self {
            AdminVerb::List => {
                let all = installation.read(|ports, _| administrators::list(ports, &actor()))?;
                many(all.iter().map(StandingView::from), ID, COLUMNS)
            }
            AdminVerb::SetupLink { writing } => setup_link(&installation, writing),
            AdminVerb::Recover { user, writing } => recover(&installation, user, writing),
            AdminVerb::Grant(change) => change.make(&installation, Deed::Give),
            AdminVerb::Withdraw(change) => change.make(&installation, Deed::Take),
        }
    }
}

fn setup_link(installation: &Installation, writing: Writing) -> Result<Answer, Failure> {
    let keep = writing.keep();
    let (token, until) = installation.write(keep, |ports, ctx| {
        let until = ctx.now().plus(setup::LIFE);
        setup::begin(ports, ctx, &actor()).map(|token| (token, until))
    })?;
    let url = installation.ctx.issuer.url(&format!("/setup/{}", token.expose()));
    let told = json!({ "setup_url": url.as_str(), "expires_at": until.to_rfc3339() });
    Ok(link(
        keep,
        &url,
        told,
        "open it once, within 60 minutes: it makes the first owner",
    ))
}

fn recover(installation: &Installation, user: String, writing: Writing) -> Result<Answer, Failure> {
    let keep = writing.keep();
    let (recovered, until) = installation.write(keep, move |ports, ctx| {
        let until = ctx.now().plus(ctx.policy.reset_ttl);
        administrators::recover(ports, ctx, &actor(), &user).map(|recovered| (recovered, until))
    })?;
    let url = format!("/reset/{}", recovered.token.expose());
    let url = installation.ctx.issuer.url(&url);
    let told = json!({
        "sub": recovered.user.id.to_string(),
        "username": recovered.user.username,
        "password_url": url.as_str(),
        "expires_at": until.to_rfc3339(),
    });
    let talk = format!(
        "{} is an owner and is let in; open the link once to set a password, until {}",
        recovered.user.username,
        until.to_rfc3339()
    );
    Ok(link(keep, &url, told, &talk))
}

/// A link on standard output. One that was not kept opens nothing and is not told.
fn link(keep: Keep, url: &str, told: Value, talk: &str) -> Answer {
    match keep {
        Keep::Changes => {
            eprintln!("{talk}");
            Answer::Text(format!("{url}\n"), told)
        }
        Keep::Nothing => Answer::Text(String::new(), json!({})),
    }
}

impl Change {
    fn make(self, installation: &Installation, deed: Deed) -> Result<Answer, Failure> {
        let (user, names) = match self.client {
            Some(_) => (None, self.words.as_slice()),
            None => (
                self.words.first().cloned(),
                self.words.get(1..).unwrap_or_default(),
            ),
        };
        let roles = parse(names)?;
        let client = self.client;
        let standing = installation.write(self.writing.keep(), move |ports, ctx| {
            let who = match (user, client) {
                (Some(user), _) => Administrator::Person(users::find(ports, &actor(), &user)?.id),
                (None, client) => Administrator::Client(client.unwrap_or_default()),
            };
            let mut held = administrators::roles_of(ports, &actor(), &who)?.roles;
            held.retain(|role| !roles.contains(role));
            if matches!(deed, Deed::Give) {
                held.extend(roles);
            }
            administrators::set_roles(ports, ctx, &actor(), &who, &held)
        })?;
        one(StandingView::from(&standing), ID)
    }
}

/// # Errors
/// Usage: what is no role, and none at all.
fn parse(names: &[String]) -> Result<Vec<Role>, Failure> {
    if names.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "name at least one role\n\n".to_owned() + ROLES,
        ));
    }
    let roles: Result<Vec<Role>, _> = names.iter().map(|name| name.parse()).collect();
    roles.map_err(|unknown| AdminFault::Invalid(vec![format!("{unknown}\n\n{ROLES}")]).into())
}
