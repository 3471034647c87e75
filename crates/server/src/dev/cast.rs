//! Who and what the sandbox begins with: two people, the two demo applications, the API they call with the client it asks
//! by, and a client for trying things out.

use admin::administrators;
use admin::clients::{self, MetadataSource, NewClient, Registered};
use admin::resources::{self, NewResource};
use admin::users::{self, NewUser};
use admin::{Actor, AdminFault, Administrator, Ports, Role};
use demo::{API_SCOPES, DemoApi, DemoApp};
use identity::{PasswordHash, Profile};
use kernel::Ctx;
use kernel::Plain;
use kernel::secret::ClientSecret;
use token::client::register::JudgeUrl;
use token::client::{ApplicationType, ClientMetadata};

/// A person of the sandbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    /// To sign in with.
    pub(crate) username: &'static str,
    /// Address.
    pub(crate) email: &'static str,
    given_name: &'static str,
    family_name: &'static str,
    /// For applications.
    role: Option<&'static str>,
    standing: Standing,
}

/// What a person may do with the sandbox itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Sign in.
    Ordinary,
    /// Everything, at the console.
    Owner,
}

/// An ordinary person first, then the administrator.
pub(crate) const PEOPLE: [Person; 2] = [
    Person {
        username: "alice",
        email: "alice@example.org",
        given_name: "Alice",
        family_name: "Example",
        role: None,
        standing: Standing::Ordinary,
    },
    Person {
        username: "admin",
        email: "admin@example.org",
        given_name: "Ada",
        family_name: "Admin",
        role: Some("admin"),
        standing: Standing::Owner,
    },
];

/// Stores everybody, all with the same password; the clients as they were registered, the applications' first.
///
/// # Errors
/// Storage, for values that are all known to be good.
pub(crate) fn install(
    ports: &mut dyn Ports,
    ctx: &Ctx,
    apps: &[DemoApp],
    api: &DemoApi,
    password: &PasswordHash,
) -> Result<Vec<Registered>, AdminFault> {
    let actor = Actor::named("dev");
    for person in PEOPLE {
        let user = users::create(ports, ctx, &actor, person.with(password))?;
        if person.standing == Standing::Owner {
            let who = Administrator::Person(user.id);
            administrators::set_roles(ports, ctx, &actor, &who, &[Role::Owner])?;
        }
    }
    resources::create(ports, ctx, &actor, pinboard(api))?;
    let others = [resource_server(api), playground(api)];
    let new = apps.iter().map(application).chain(others);
    new.map(|new| clients::create(ports, ctx, &actor, &ThisMachine, new))
        .collect()
}

/// The sandbox sends logout tokens with a client that reaches this machine only, and registers nothing else.
pub(super) struct ThisMachine;

impl JudgeUrl for ThisMachine {
    fn judge(&self, url: &str) -> Result<(), String> {
        if url.starts_with("http://localhost:") {
            Ok(())
        } else {
            Err("is not on this machine".to_owned())
        }
    }
}

/// The API both applications call.
fn pinboard(api: &DemoApi) -> NewResource {
    NewResource {
        identifier: api.identifier(),
        name: Some("Demo API".to_owned()),
        scopes: API_SCOPES.map(str::to_owned).to_vec(),
        ..NewResource::default()
    }
}

impl Person {
    fn with(self, password: &PasswordHash) -> NewUser {
        NewUser {
            username: self.username.to_owned(),
            email: Some(self.email.to_owned()),
            email_verified: true,
            profile: Profile {
                name: Some(format!("{} {}", self.given_name, self.family_name)),
                given_name: Some(self.given_name.to_owned()),
                family_name: Some(self.family_name.to_owned()),
                ..Profile::default()
            },
            roles: self.role.map(str::to_owned).into_iter().collect(),
            password: Some(password.clone()),
            ..NewUser::default()
        }
    }
}

/// A demo application is one of ours: whoever is signed in is not asked again.
fn application(app: &DemoApp) -> NewClient {
    let mut policy = clients::default_policy(MetadataSource::Flags);
    policy.first_party = true;
    policy.resources = vec![app.api.identifier()];
    NewClient {
        client_id: Some(app.client_id.clone()),
        metadata: ClientMetadata {
            client_name: Some(app.name.title().to_owned()),
            client_uri: Some(app.base_url.to_string()),
            redirect_uris: vec![app.redirect_uri().into()],
            post_logout_redirect_uris: vec![app.post_logout_redirect_uri().into()],
            grant_types: grants(),
            backchannel_logout_uri: Some(app.backchannel_logout_uri().into()),
            scope: Some(app.scope().join(" ")),
            ..ClientMetadata::default()
        },
        policy,
        secret: Some(Plain::<ClientSecret>::from_presented(app.client_secret.as_str())),
    }
}

/// The client by which the API asks about tokens, and which can do nothing else.
fn resource_server(api: &DemoApi) -> NewClient {
    let mut policy = clients::default_policy(MetadataSource::Document);
    policy.resource_server_of = vec![api.identifier()];
    let mut metadata = ClientMetadata {
        client_name: Some("Demo API".to_owned()),
        ..ClientMetadata::default()
    };
    metadata.set_grant_types(Vec::new());
    NewClient {
        client_id: Some(api.client_id.clone()),
        metadata,
        policy,
        secret: Some(Plain::<ClientSecret>::from_presented(api.client_secret.as_str())),
    }
}

/// A client for experiments, with the API too. A native one, because its redirects go to any port of this machine (RFC 8252 7.3).
fn playground(api: &DemoApi) -> NewClient {
    let mut policy = clients::default_policy(MetadataSource::Document);
    policy.resources = vec![api.identifier()];
    NewClient {
        client_id: Some("demo".to_owned()),
        metadata: ClientMetadata {
            client_name: Some("Your experiment".to_owned()),
            application_type: ApplicationType::Native,
            redirect_uris: vec![
                "http://localhost/callback".to_owned(),
                "http://127.0.0.1/callback".to_owned(),
            ],
            grant_types: grants(),
            ..ClientMetadata::default()
        },
        policy,
        secret: None,
    }
}

fn grants() -> Vec<String> {
    vec!["authorization_code".to_owned(), "refresh_token".to_owned()]
}
