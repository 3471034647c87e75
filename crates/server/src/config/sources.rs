//! Where a configuration is looked for, and how its layers come together.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::Issuer;
use token::keys::KeyPlan;

use super::keys::Key;
use super::layer::Layer;
use super::problem::{Place, Problem, Problems};
use super::reader::Reader;
use super::resolve::Resolved;
use super::{Config, environment, file, flag, policy, tls};

/// Looked for, in this order, when no file is named.
const PLACES: [&str; 2] = ["signet.toml", "/etc/signet/signet.toml"];

/// What a configuration is read from.
#[derive(Debug, Default)]
pub struct Sources {
    /// The file somebody named; otherwise the usual places are tried, and there may be none.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// `section.key=value`, from flags.
    pub set: Vec<String>,
}

impl Sources {
    /// Reads all layers and checks the whole.
    pub(crate) fn load(self) -> Result<Config, Problems> {
        let path = self
            .file
            .or_else(|| PLACES.iter().map(PathBuf::from).find(|path| path.exists()));
        let name = path.as_deref().map(|path| path.display().to_string());
        let from_file = match &path {
            Some(path) => read_file(path)?,
            None => Layer::default(),
        };
        let mut layers = [
            from_file,
            environment::read(self.environment),
            flag::read(&self.set),
        ];
        let problems = layers
            .iter_mut()
            .flat_map(|layer| std::mem::take(&mut layer.problems))
            .collect();
        check(Resolved::new(layers), path, problems).map_err(|mut list| {
            list.sort_by(|a, b| a.place.cmp(&b.place));
            Problems {
                subject: name.unwrap_or_else(|| "the configuration".to_owned()),
                list,
            }
        })
    }
}

fn read_file(path: &Path) -> Result<Layer, Problems> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => file::read(&name, &text).map_err(|problem| Problems::one(name, problem)),
        Err(error) => {
            let remedy = match error.kind() {
                std::io::ErrorKind::NotFound => "make one with `signet init --issuer URL`",
                _ => "make it a readable text file",
            };
            let problem = Problem {
                place: Place::Name(name.clone()),
                reason: error.to_string(),
                remedy: remedy.into(),
            };
            Err(Problems::one(name, problem))
        }
    }
}

/// Typed values out of settings. Takes what the layers already complained about, so that all of it is told together.
fn check(
    settings: Resolved,
    file: Option<PathBuf>,
    mut problems: Vec<Problem>,
) -> Result<Config, Vec<Problem>> {
    let directory = file
        .as_deref()
        .and_then(Path::parent)
        .map(Path::to_owned)
        .unwrap_or_default();
    let missing = match &file {
        Some(file) => (
            Place::Name(file.display().to_string()),
            "write issuer = \"https://id.example.com\"",
        ),
        None => (
            Place::Name("issuer".to_owned()),
            "no signet.toml here or in /etc/signet: run `signet init --issuer URL`, or name one with --config",
        ),
    };
    let mut reader = Reader::new(&settings, &directory);
    reader.check_offers();
    let config = Config {
        issuer: Issuer::new(reader.issuer(missing)),
        listen: reader.address(Key::ServerListen),
        management: reader.address(Key::ServerManagement),
        hosts: reader.hosts(Key::ServerHosts),
        trusted_proxies: reader.ranges(Key::ServerTrustedProxies),
        tls: tls::files(&mut reader),
        drain: drain(&mut reader),
        database: reader.database(Key::DatabaseUrl),
        cache: reader.cache(Key::CacheUrl),
        master_key_file: reader.path(Key::SecretsMasterKeyFile),
        mail: reader.mail(),
        outbound_allow: reader.allowed(Key::OutboundAllow),
        outbound_authorities: reader.authorities(Key::OutboundCaFile),
        policy: policy(&mut reader),
        key_plan: KeyPlan {
            algorithms: reader.algorithms(Key::KeysAlgorithms),
            rotate_every: reader.lifetime(Key::KeysRotateEvery),
        },
        settings: settings.clone(),
        file,
    };
    // A key that did not even read has its default here; what the default provokes is not worth telling.
    problems.extend(reader.into_problems());
    if problems.is_empty() {
        Ok(config)
    } else {
        Err(problems)
    }
}

/// How long to go on after SIGTERM. A longer time is a slip: whoever waits that long kills the process instead.
fn drain(reader: &mut Reader<'_>) -> Duration {
    reader.at_most(Key::ServerDrain, Duration::from_secs(60 * 60));
    reader.duration(Key::ServerDrain)
}

#[cfg(test)]
mod tests {
    use mail::Sender;

    use super::*;

    /// Loads a file with this text and these variables from a directory of the test's own.
    fn load(test: &str, text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let directory = std::env::temp_dir().join(format!("signet-sources-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let file = directory.join("signet.toml");
        std::fs::write(&file, text).unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let loaded = Sources {
            file: Some(file),
            environment,
            set: vec!["session.idle=2h".into()],
        }
        .load();
        std::fs::remove_dir_all(&directory).unwrap();
        loaded.map_err(|problems| {
            problems
                .to_string()
                .replace(&format!("{}/", directory.display()), "")
        })
    }

    #[test]
    fn flag_beats_environment_beats_file_beats_default() {
        let text = "issuer = 'https://a.example'\n[session]\nidle = '4h'\nabsolute = '5d'\n[tokens]\naccess_ttl = '7m'\n";
        let variables = [("SIGNET_SESSION__IDLE", "3h"), ("SIGNET_SESSION__ABSOLUTE", "6d")];
        let config = load("order", text, &variables).unwrap();
        let policy = config.to_policy();
        assert_eq!(policy.session_idle.as_secs(), 2 * 3600);
        assert_eq!(policy.session_absolute.as_secs(), 6 * 86_400);
        assert_eq!(policy.access_ttl.as_secs(), 7 * 60);
        assert_eq!(policy.refresh_idle.as_secs(), 30 * 86_400);
        let shown = config.to_toml(super::super::Origins::Shown);
        for (key, origin) in [
            ("idle = \"2h\"", "--set"),
            ("absolute = \"6d\"", "SIGNET_SESSION__ABSOLUTE"),
        ] {
            let line = shown.lines().find(|line| line.starts_with(key)).unwrap();
            assert!(line.ends_with(&format!("# {origin}")), "{line}");
        }
    }

    #[test]
    fn relative_paths_begin_at_the_file() {
        let config = load("paths", "issuer = 'https://a.example'", &[]).unwrap();
        let directory = config.file.as_deref().unwrap().parent().unwrap();
        assert_eq!(
            config.database,
            format!("sqlite://{}/data/signet.db", directory.display())
        );
        assert_eq!(config.master_key_file, directory.join("secrets/master.key"));
        let absolute = load(
            "absolute",
            "issuer = 'https://a.example'\ndatabase.url = 'sqlite:///srv/x.db'",
            &[],
        );
        assert_eq!(absolute.unwrap().database, "sqlite:///srv/x.db");
    }

    #[test]
    fn every_problem_is_told_in_one_run() {
        let text = "\
issuer = 'https://id.example.com/'
[server]
listen = 'here'
trusted_proxies = ['10.0.0.1/8']
hosts = ['https://a']
tls_cert_file = 'x'
[database]
url = 'mysql://db'
[keys]
algorithms = ['RS256', 'ES512']
min_published = '100d'
[tokens]
acess_ttl = '5m'
refresh_idle = '200d'
[login]
methods = ['password', 'passkey']
[session]
absolute = '0s'
[mail]
url = 'smtp://user@mail.example.com'
from = 'nobody'
[outbound]
allow = ['localhost:*', 'http://localhost', '10.0.0.0/8']
ca_file = 'signet.toml'
";
        let told = load(
            "all",
            text,
            &[
                ("SIGNET_LOGIN__PASSKEYS", "1"),
                ("SIGNET_REVOCATION__MAX_LAG", "5"),
                ("SIGNET_TOKENS__ACCESS_TTL", "25h"),
            ],
        );
        let told = told.err().unwrap();
        let first_words: Vec<_> = told
            .lines()
            .map(|line| {
                line.split("  ")
                    .map(str::trim)
                    .filter(|it| !it.is_empty())
                    .take(2)
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect();
        assert_eq!(
            first_words,
            [
                "error[config]: 20 problems in signet.toml",
                "signet.toml:1:10|issuer \"https://id.example.com/\" ends in \"/\"",
                "signet.toml:3:10|server.listen \"here\" is not an address with a port",
                "signet.toml:4:19|server.trusted_proxies has \"10.0.0.1/8\", which has bits set beyond its prefix",
                "signet.toml:5:9|server.hosts has \"https://a\", which is not a host name alone",
                "signet.toml:6:17|server.tls_cert_file is set, and server.tls_key_file is not",
                "signet.toml:8:7|database.url is not a database",
                "signet.toml:10:14|keys.algorithms does not know \"ES512\"",
                "signet.toml:11:17|keys.min_published is longer than keys.rotate_every",
                "signet.toml:13:1|unknown key `tokens.acess_ttl`",
                "signet.toml:14:16|tokens.refresh_idle is longer than tokens.refresh_max",
                "signet.toml:16:11|login.methods asks for \"passkey\", which is not built yet",
                "signet.toml:18:12|session.absolute is zero",
                "signet.toml:20:7|mail.url has half a login",
                "signet.toml:21:8|mail.from \"nobody\" is not a mailbox",
                "signet.toml:23:9|outbound.allow has \"http://localhost\", which is a URL; leave out scheme and path",
                "signet.toml:23:9|outbound.allow has \"10.0.0.0/8\", which names no port; write :* for all",
                "signet.toml:24:11|outbound.ca_file names signet.toml, which holds no certificate in PEM form",
                "SIGNET_LOGIN__PASSKEYS|unknown name in the environment",
                "SIGNET_REVOCATION__MAX_LAG|revocation.max_lag \"5\" has no unit",
                "SIGNET_TOKENS__ACCESS_TTL|tokens.access_ttl is longer than 1d",
            ]
        );
    }

    #[test]
    fn mail_is_off_until_it_has_a_server() {
        let mail = |more: &str| load("mail", &format!("issuer = 'https://a.example:8443'\n{more}"), &[]);
        assert!(mail("mail.from = 'x@a.example'").unwrap().mail.is_none());
        let config = mail("mail.url = 'smtps://me:s3cret@mail.example.com'").unwrap();
        let shown = config.to_toml(super::super::Origins::Hidden);
        assert!(!shown.contains("s3cret"), "{shown}");
        let (relay, from) = config.mail.map(|mail| (mail.relay, mail.from)).unwrap();
        assert_eq!((relay.host.as_str(), relay.port), ("mail.example.com", 465));
        assert_eq!(from, Sender::parse("Signet <no-reply@a.example>").unwrap());
        for (more, told) in [
            (
                "mail.url = 'mailto:x'",
                "mail.url begins neither with smtp:// nor with smtps://",
            ),
            (
                "mail.url = 'smtp://a.example/x'",
                "mail.url has something after host and port",
            ),
        ] {
            let problems = mail(more).err().unwrap();
            assert!(problems.contains(told), "{problems}");
        }
        let nameless = "issuer = 'https://[2001:db8::1]'\nmail.url = 'smtp://localhost'";
        let problems = load("nameless", nameless, &[]).err().unwrap();
        assert!(problems.contains("mail.from is not set"), "{problems}");
    }

    #[test]
    fn redis_is_one_server_and_its_password_is_never_told() {
        let cache = |url: &str| {
            load(
                "cache",
                &format!("issuer = 'https://a.example'\ncache.url = '{url}'"),
                &[],
            )
        };
        assert!(cache("").unwrap().cache.is_none());
        let config = cache("redis://:s3cret@cache.example:6379/1").unwrap();
        assert!(config.cache.is_some());
        assert!(!config.to_toml(super::super::Origins::Hidden).contains("s3cret"));
        for (url, told) in [
            (
                "memcached://:s3cret@a",
                "cache.url begins neither with redis:// nor with rediss://",
            ),
            (
                "redis+cluster://:s3cret@a",
                "cache.url does not know redis+cluster:// yet",
            ),
            ("redis://:s3cret@a/x", "cache.url is not of the form redis://"),
        ] {
            let problems = cache(url).err().unwrap();
            assert!(
                problems.contains(told) && !problems.contains("s3cret"),
                "{problems}"
            );
        }
    }

    #[test]
    fn a_missing_authority_file_is_told() {
        let text = "issuer = 'https://a.example'\noutbound.ca_file = 'none.pem'";
        let told = load("authority", text, &[]).err().unwrap();
        assert!(
            told.contains("outbound.ca_file names none.pem, which cannot be read"),
            "{told}"
        );
    }

    #[test]
    fn a_missing_issuer_or_file_says_what_to_do() {
        assert!(load("none", "", &[]).err().unwrap().contains("issuer is not set"));
        let missing = Sources {
            file: Some("/nowhere/signet.toml".into()),
            ..Sources::default()
        }
        .load();
        assert!(missing.err().unwrap().to_string().contains("signet init"));
    }
}
