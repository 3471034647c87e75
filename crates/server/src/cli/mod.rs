//! The command line: one binary, noun and then verb.
//!
//! Standard output is data, standard error is talk. Each verb answers a value that knows how to be a table, JSON or bare
//! ids; this module prints it and turns failures into exit codes.

mod admin;
mod audit;
mod client;
mod config_verbs;
mod doctor;
mod document;
mod grant;
mod group;
pub(crate) mod healthcheck;
mod init;
mod key;
mod lint;
mod manual;
mod migrate;
mod options;
mod output;
mod password;
mod resource;
mod scope;
pub(crate) mod secret_file;
mod session;
mod snippet;
mod terminal;
mod token;
mod user;
mod verb;
mod version;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Failure;
use crate::{dev, serve};
pub(crate) use options::Options;
pub(crate) use output::Answer;
pub(crate) use version::VERSION;

/// At the end of the help and of the manual page. [`crate::Exit`] is where they come from.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed, or a check found something
  2  the command line makes no sense
  3  the configuration is invalid
  4  there is no such thing
  5  it exists already, or a precondition is not met
  6  not allowed
  7  database, cache or server unreachable
  9  the schema needs `signet migrate up`";

/// An identity provider: people sign in once for all their applications.
#[derive(Debug, Parser)]
#[command(
    name = "signet",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    after_help = EXIT_CODES
)]
pub(crate) struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Try it: a sandbox with people and two applications, loopback only, deleted on exit
    Dev(dev::DevArgs),
    /// Serve the sandbox's two applications and their API beside an installation, to try it
    #[command(hide = true)]
    Demo(dev::beside::DemoArgs),
    /// Write a configuration and a master key, create the database
    Init(init::InitArgs),
    /// Serve the provider
    Serve(serve::ServeArgs),
    /// Ask a running server whether it is ready.
    Healthcheck,
    /// Look for what is wrong: configuration, database, keys, clock, mail; what clients see
    Doctor(doctor::DoctorArgs),
    /// Hold the server and each client against the best current practice (RFC 9700, OAuth 2.1)
    Lint,
    /// Print the script that completes these commands in a shell
    Completion(manual::CompletionArgs),
    /// Print the manual page, or write one for each verb
    Man(manual::ManArgs),
    /// Print the version.
    Version,
    /// Bring the database's schema up to date.
    #[command(subcommand)]
    Migrate(migrate::MigrateVerb),
    /// Check or show the configuration.
    #[command(subcommand)]
    Config(config_verbs::ConfigVerb),
    /// Who may manage Signet.
    #[command(subcommand)]
    Admin(admin::AdminVerb),
    /// People.
    #[command(subcommand)]
    User(user::UserVerb),
    /// Groups of people.
    #[command(subcommand)]
    Group(group::GroupVerb),
    /// Applications that may use this provider.
    #[command(subcommand)]
    Client(client::ClientVerb),
    /// Print ready settings for an app: a library's or a program's, with the values of a client
    Snippet(snippet::SnippetArgs),
    /// APIs that accept access tokens from here.
    #[command(subcommand)]
    Resource(resource::ResourceVerb),
    /// Scopes of one's own, with claims about people.
    #[command(subcommand)]
    Scope(scope::ScopeVerb),
    /// Who is signed in where.
    #[command(subcommand)]
    Session(session::SessionVerb),
    /// What people allowed applications.
    #[command(subcommand)]
    Grant(grant::GrantVerb),
    /// Tokens somebody holds up.
    #[command(subcommand)]
    Token(token::TokenVerb),
    /// Signing keys.
    #[command(subcommand)]
    Key(key::KeyVerb),
    /// What happened: who did what to whom, from where.
    #[command(subcommand)]
    Audit(audit::AuditVerb),
}

/// Runs the command line of this process.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when the terminal is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let format = cli.options.format();
    let answered = cli.verb.run(&cli.options);
    match answered.and_then(|answer| output::print(&answer, format).map(|()| answer.code())) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            failure.code()
        }
    }
}

impl Verb {
    fn run(self, options: &Options) -> Result<Answer, Failure> {
        match self {
            Verb::Dev(args) => dev::run(&args),
            Verb::Demo(args) => dev::beside::run(&args),
            Verb::Serve(args) => serve::run(&args, options),
            Verb::Init(args) => init::run(&args, options),
            Verb::Migrate(verb) => verb.run(options),
            Verb::Healthcheck => healthcheck::run(options),
            Verb::Doctor(args) => Ok(doctor::run(&args, options)),
            Verb::Lint => lint::run(options),
            Verb::Completion(args) => Ok(manual::completion(&args)),
            Verb::Man(args) => manual::man(&args),
            Verb::Version => Ok(version::answer()),
            Verb::Config(verb) => verb.run(options),
            Verb::Admin(verb) => verb.run(options),
            Verb::User(verb) => verb.run(options),
            Verb::Group(verb) => verb.run(options),
            Verb::Client(verb) => verb.run(options),
            Verb::Snippet(args) => snippet::run(args, options),
            Verb::Resource(verb) => verb.run(options),
            Verb::Scope(verb) => verb.run(options),
            Verb::Session(verb) => verb.run(options),
            Verb::Grant(verb) => verb.run(options),
            Verb::Token(verb) => verb.run(options),
            Verb::Key(verb) => verb.run(options),
            Verb::Audit(verb) => verb.run(options),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
    }

    fn parses(line: &str) -> bool {
        Cli::try_parse_from(line.split_whitespace()).is_ok()
    }

    #[test]
    fn documented_lines_parse() {
        for line in [
            "signet init --issuer https://id.example.com --dir x",
            "signet dev",
            "signet dev --port 0 --ready-file f",
            "signet demo --issuer http://localhost:8080 --secrets d --listen 0.0.0.0 --port 8081",
            "signet serve --config f --no-migrate",
            "signet version --json",
            "signet --config f healthcheck",
            "signet healthcheck --config f",
            "signet doctor",
            "signet doctor --remote --json",
            "signet lint --json",
            "signet completion bash",
            "signet man",
            "signet man --dir d",
            "signet config schema",
            "signet migrate status",
            "signet migrate plan -o json",
            "signet migrate up --dry-run",
            "signet migrate copy --to postgres://db/signet --dry-run --json",
            "signet migrate copy --from sqlite://data/signet.db --to-file f --while-running",
            "signet migrate copy --from-file f --to sqlite://back.db",
            "signet config check",
            "signet config show --origin --set tokens.access_ttl=5m",
            "signet admin setup-link --dry-run --json",
            "signet admin recover alice",
            "signet admin list -o ids",
            "signet admin grant alice key-operator auditor --dry-run",
            "signet admin withdraw --client bot key-operator --json",
            "signet user create --username alice --email alice@example.org --email-verified --name Alice \
             --given-name Alice --family-name Example --group staff --group chess --role r --password-stdin --json",
            "signet user create --metadata - --dry-run",
            "signet user update alice --email-verified=false --metadata f",
            "signet user delete alice --yes",
            "signet user list -o ids",
            "signet group create staff --role admin",
            "signet group add staff alice bob",
            "signet client create --client-id web --name Web --redirect-uri https://rp.example/cb \
             --post-logout-redirect-uri https://rp.example/ --grant authorization_code --grant refresh_token \
             --auth-method client_secret_basic --scope openid --first-party --require-pkce --id-token-alg ES256 \
             --access-token-alg EdDSA --resource https://api.example --metadata f --write-secret s --json",
            "signet client create --public --native --redirect-uri http://127.0.0.1/cb",
            "signet client create --metadata -",
            "signet client create --client-id m2m --grant client_credentials --resource https://api.example --json",
            "signet client create --client-id api --resource-server-of https://api.example --json",
            "signet client update web --backchannel-logout-uri https://rp.example/out --cors-origin https://rp.example \
             --id-token-claim groups --offline-access ends_with_session --jwks-uri https://rp.example/keys",
            "signet snippet web",
            "signet snippet web --for grafana --json",
            "signet resource create --identifier https://api.example --scope a b --scope c --access-token-alg ES256 \
             --access-ttl 5m --json",
            "signet resource update https://api.example --access-ttl default --name x",
            "signet resource delete https://api.example --yes",
            "signet scope create --name employee --claim employee_number=employeeNumber --description x --json",
            "signet scope update employee --claim a=b --claim c=d",
            "signet session list --user alice --json",
            "signet session revoke 6ba7b810-9dad-41d1-80b4-00c04fd430c8 --yes",
            "signet session revoke --user alice --dry-run",
            "signet session revoke --all --yes",
            "signet grant list --user alice --client web -o ids",
            "signet grant revoke 6ba7b810-9dad-41d1-80b4-00c04fd430c8 --yes",
            "signet user sessions alice --json",
            "signet token inspect",
            "signet token introspect --token-file f --json",
            "signet token revoke --dry-run",
            "signet client rotate-secret web --yes --write-secret f",
            "signet client disable web --yes --dry-run",
            "signet key list --json",
            "signet key show k-1",
            "signet key generate --alg PS256 --dry-run",
            "signet key rotate --json",
            "signet key rotate --alg ES384 --force --reason leak --yes",
            "signet key schedule",
            "signet key schedule --pause --reason holidays",
            "signet key schedule --resume",
            "signet key activate k-1 --force --reason x",
            "signet key retire k-1 --yes",
            "signet key revoke k-1 --reason leak --dry-run",
            "signet key export-public",
            "signet key export-public k-1 --pem",
            "signet key reencrypt --new-master-key-file f --yes",
            "signet audit query --since 24h --until 2026-11-22 --actor cli --subject s --client web --event key.* \
             --outcome refused --address 10.0.0.0/8 --session s --correlation-id F7K2-9QXM --kid k-1 --limit 5 -o ids",
            "signet audit query --csv",
            "signet audit query --ndjson --after 7",
            "signet audit tail --follow --event user.*",
            "signet audit export --format csv --since 7d",
            "signet audit export --format ndjson",
            "signet audit verify --json",
        ] {
            assert!(parses(line), "{line}");
        }
    }

    #[test]
    fn everything_else_is_a_usage_error() {
        for line in [
            "signet",
            "signet user",
            "signet admin recover",
            "signet admin grant",
            "signet completion tcsh",
            "signet user create --username a --password hunter2hunter2",
            "signet user create --username a --password-stdin --secret-file f",
            "signet client create --client-secret s",
            "signet client create --public --auth-method client_secret_post",
            "signet client create --id-token-alg HS256",
            "signet client create --require-pkce --no-require-pkce",
            "signet key rotate --force",
            "signet key rotate --alg HS256",
            "signet key activate",
            "signet key schedule --pause --resume",
            "signet key export-public --pem",
            "signet key reencrypt",
            "signet audit export",
            "signet audit query --csv --ndjson",
            "signet audit query --limit 0",
            "signet client create --jwks f --jwks-uri https://rp.example/keys",
            "signet resource create --scope a",
            "signet resource create --identifier urn:x --access-ttl 5",
            "signet resource create --identifier urn:x --access-token-alg none",
            "signet scope create --name x --claim y",
            "signet migrate copy",
            "signet migrate copy --to sqlite://a --to-file f",
            "signet session revoke",
            "signet session revoke --user alice --all",
            "signet token revoke eyJhbGciOi",
            "signet version --json -o table",
            "signet init",
            "signet snippet",
        ] {
            assert!(!parses(line), "{line}");
        }
    }
}
