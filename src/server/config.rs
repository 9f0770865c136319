//! Configuration: an optional TOML file, then the environment, checked as a whole at start.
//!
//! Every key can be given as `TRACELINE_<KEY>` (upper case; lists separated by commas) and most in
//! the file named by `TRACELINE_CONFIG`. The environment wins. All mistakes are reported together,
//! unknown keys are refused, and nothing here is ever changed from a page: what an operator decides
//! (addresses that may be reached, certificate authorities, the key) is out of an admin's reach.
//!
//! Values that are secret are read into [`SecretString`] and printed by nobody.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use tracing_subscriber::EnvFilter;
use url::Url;

use crate::server::{
    outbound,
    secrets::{KeyRing, KeySource},
};

/// Everything the server needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address that people and Jira use to reach this server; when absent, the one from setup holds.
    pub public_url: Option<Url>,
    /// Folder of the SQLite database, its lock and the generated key.
    pub data_dir: PathBuf,
    /// `sqlite:` or `postgres://` address of the database.
    pub database_url: SecretString,
    /// Where the keys are that seal secrets at rest.
    pub secret_key: KeySource,
    /// Folder with the web assets; ignored when they are inside the binary.
    pub site_root: PathBuf,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// Filter of the log, in the syntax of `tracing_subscriber::EnvFilter`.
    pub log: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// What the outbound client may reach.
    pub outbound: OutboundConfig,
    /// Whether `TRACELINE_READY {...}` is printed once the server listens (for programs that start it).
    pub announce_json: bool,
}

/// Operator's word on outgoing connections.
#[derive(Debug, Clone, Default)]
pub struct OutboundConfig {
    /// Host names that may be reached even where they resolve to private addresses.
    pub allowed_hosts: Vec<String>,
    /// Networks that may be reached though they are private.
    pub allowed_networks: Vec<IpNet>,
    /// Further certificate authorities, PEM.
    pub extra_ca_file: Option<PathBuf>,
    /// Hosts (with port, if not 443) that count as Jira Cloud besides Atlassian's own.
    pub cloud_hosts: Vec<String>,
    /// Address of the Cloud gateway for scoped tokens.
    pub cloud_gateway: Option<Url>,
}

/// Shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// All mistakes of a configuration, one line each.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} mistake(s):\n  - {}", .0.len(), .0.join("\n  - "))]
pub struct ConfigError(pub Vec<String>);

/// What is logged when nothing else is said.
const DEFAULT_LOG: &str = "info,sqlx=warn,hyper=warn";

/// Names of the keys, in the order of the README's table.
pub const KEYS: &[&str] = &[
    "listen",
    "public_url",
    "data_dir",
    "database_url",
    "secret_key",
    "secret_key_previous",
    "secret_key_file",
    "site_root",
    "log_format",
    "log",
    "trusted_proxies",
    "allowed_hosts",
    "allowed_networks",
    "extra_ca_file",
    "cloud_hosts",
    "cloud_gateway",
    "announce",
];

/// Variables with our prefix that are not keys of the server itself.
const OTHER_VARIABLES: &[&str] = &[
    "TRACELINE_CONFIG",
    // Of our scripts and tests; a shell that has them may start a server too.
    "TRACELINE_BIN",
    "TRACELINE_CHROMIUM",
    "TRACELINE_END2END",
    "TRACELINE_JIRA_SPECS",
    "TRACELINE_PICTURES",
    "TRACELINE_RECORDED_DIR",
    "TRACELINE_TEST_POSTGRES_URL",
];

/// Keys that take a list.
const LISTS: &[&str] = &[
    "secret_key_previous",
    "trusted_proxies",
    "allowed_hosts",
    "allowed_networks",
    "cloud_hosts",
];

/// Whether Kubernetes sets such a variable by itself, beside a service that is called `traceline`:
/// `TRACELINE_SERVICE_HOST`, `TRACELINE_SERVICE_PORT_HTTP`, `TRACELINE_PORT_3000_TCP_ADDR`. `key` is the name
/// without the prefix, in lower case.
///
/// A bare `TRACELINE_PORT` is also what somebody types who wants another port: it is let be with an address alone.
fn is_of_kubernetes(key: &str, value: &str) -> bool {
    let is_part = |rest: &str| rest.is_empty() || rest.starts_with('_');
    let is_address = ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    match key.strip_prefix("port") {
        Some("") => is_address,
        Some(rest) => rest.starts_with('_'),
        None => key == "service_host" || key.strip_prefix("service_port").is_some_and(is_part),
    }
}

impl Config {
    /// Reads file and environment of this process.
    ///
    /// # Errors
    /// All mistakes together, when there is at least one.
    pub fn load() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let (variables, mut mistakes) = read_variables(std::env::vars_os());
        let file = match variables.get("TRACELINE_CONFIG") {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).unwrap_or_else(|error| {
                mistakes.push(format!(
                    "TRACELINE_CONFIG names {path}, which cannot be read: {error}"
                ));
                String::new()
            }),
        };
        Self::check(&file, &variables, mistakes)
    }

    /// Checks the text of a configuration file together with an environment.
    ///
    /// # Errors
    /// All mistakes together, when there is at least one.
    pub fn parse(file: &str, variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        Self::check(file, variables, Vec::new())
    }

    fn check(
        file: &str,
        variables: &BTreeMap<String, String>,
        mut mistakes: Vec<String>,
    ) -> Result<Self, ConfigError> {
        let mut values = read_file(file, &mut mistakes);
        for (name, value) in variables {
            if name == "DATABASE_URL" {
                values.insert("database_url".into(), value.clone());
            } else if let Some(key) = name.strip_prefix("TRACELINE_") {
                let key = key.to_ascii_lowercase();
                if KEYS.contains(&key.as_str()) {
                    values.insert(key, value.clone());
                } else if !OTHER_VARIABLES.contains(&name.as_str()) && !is_of_kubernetes(&key, value) {
                    let instead = if key == "port" {
                        "the address to listen on is TRACELINE_LISTEN, such as 127.0.0.1:8080"
                    } else {
                        "the README lists those there are"
                    };
                    mistakes.push(format!("{name} is not a known setting; {instead}"));
                }
            }
        }
        let mut reader = Reader { values, mistakes };
        let config = reader.config();
        if reader.mistakes.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(reader.mistakes))
        }
    }

    /// Whether the database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.database_url.expose_secret().starts_with("sqlite:")
    }
}

/// The environment as text; of what is not text only our own settings matter.
fn read_variables(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut texts, mut mistakes) = (BTreeMap::new(), Vec::new());
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => {
                texts.insert(name, value);
            }
            Err(_) if name == "DATABASE_URL" || name.starts_with("TRACELINE_") => {
                mistakes.push(format!("{name} is not text in UTF-8"));
            }
            Err(_) => {}
        }
    }
    (texts, mistakes)
}

fn read_file(text: &str, mistakes: &mut Vec<String>) -> BTreeMap<String, String> {
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            mistakes.push(format!(
                "the configuration file is not valid TOML: {}",
                error.message()
            ));
            return BTreeMap::new();
        }
    };
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !KEYS.contains(&key.as_str()) {
            mistakes.push(format!("{key} in the configuration file is not a known setting"));
            continue;
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Array(items) if LISTS.contains(&key.as_str()) => {
                if let Some(other) = items.iter().find(|item| item.as_str().is_none()) {
                    mistakes.push(format!(
                        "{key} in the configuration file must be a list of texts: one of its items is of type {}, write it between quotes",
                        other.type_str()
                    ));
                    continue;
                }
                items
                    .iter()
                    .filter_map(toml::Value::as_str)
                    .collect::<Vec<_>>()
                    .join(",")
            }
            _ => {
                let wanted = if LISTS.contains(&key.as_str()) {
                    "a text or a list of texts"
                } else {
                    "a text"
                };
                mistakes.push(format!("{key} in the configuration file must be {wanted}"));
                continue;
            }
        };
        values.insert(key, text);
    }
    values
}

struct Reader {
    values: BTreeMap<String, String>,
    mistakes: Vec<String>,
}

impl Reader {
    fn find(&self, key: &str) -> Option<&str> {
        self.values
            .get(key)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn parsed<T>(&mut self, key: &str, what: &str) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let text = self.find(key)?.to_owned();
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.mistakes
                    .push(format!("{key} must be {what}: \"{text}\" is not ({error})"));
                None
            }
        }
    }

    fn list<T>(&mut self, key: &str, what: &str) -> Vec<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let Some(text) = self.find(key).map(str::to_owned) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse() {
                Ok(item) => items.push(item),
                Err(error) => {
                    self.mistakes.push(format!(
                        "{key} must be a list of {what}: \"{part}\" is not ({error})"
                    ));
                }
            }
        }
        items
    }

    fn web_address(&mut self, key: &str) -> Option<Url> {
        let url: Url = self.parsed(key, "a web address such as https://traceline.example.com")?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            self.mistakes.push(format!(
                "{key} must begin with https:// or http:// and name a host"
            ));
            return None;
        }
        Some(url)
    }

    /// Keys that seal; what they say is in no mistake.
    fn secret_key(&mut self) -> KeySource {
        if self.find("secret_key").is_some() && self.find("secret_key_file").is_some() {
            self.mistakes
                .push("secret_key and secret_key_file are both set: keep one".into());
        }
        let previous = self.find("secret_key_previous").map(str::to_owned);
        if let Some(key) = self.find("secret_key").map(str::to_owned) {
            let previous = previous.unwrap_or_default();
            let previous = previous.split(',').filter(|key| !key.trim().is_empty());
            let keys: Vec<SecretString> = std::iter::once(key.as_str())
                .chain(previous)
                .map(SecretString::from)
                .collect();
            if let Err(mistake) = KeyRing::parse_keys(&keys) {
                self.mistakes.push(format!(
                    "secret_key, and after it the keys of secret_key_previous: {mistake}"
                ));
            }
            return KeySource::Given(keys);
        }
        if previous.is_some() {
            self.mistakes.push(
                "secret_key_previous goes with secret_key; in a key file earlier keys are further lines"
                    .into(),
            );
        }
        let Some(path) = self.find("secret_key_file").map(PathBuf::from) else {
            return KeySource::DataFolder;
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                if let Err(mistake) = KeyRing::parse_file(&Zeroizing::new(text)) {
                    self.mistakes.push(format!(
                        "secret_key_file {}, by its lines: {mistake}",
                        path.display()
                    ));
                }
            }
            Err(error) => self.mistakes.push(format!(
                "secret_key_file names {}, which cannot be read: {error}",
                path.display()
            )),
        }
        KeySource::File(path)
    }

    fn log_filter(&mut self) -> String {
        let filter = self.find("log").unwrap_or(DEFAULT_LOG).to_owned();
        if let Err(error) = EnvFilter::try_new(&filter) {
            self.mistakes.push(format!(
                "log must be a filter such as info or info,sqlx=warn: \"{filter}\" is not ({error})"
            ));
        }
        filter
    }

    /// A file of certificates that outgoing calls can use.
    fn authorities(&mut self) -> Option<PathBuf> {
        let path = PathBuf::from(self.find("extra_ca_file")?);
        let mistake = match std::fs::read(&path) {
            Err(error) => format!("cannot be read: {error}"),
            Ok(pem) if outbound::check_authorities(&pem).is_err() => {
                "holds no certificate authority in PEM (-----BEGIN CERTIFICATE-----), or one that is broken"
                    .into()
            }
            Ok(_) => return Some(path),
        };
        self.mistakes
            .push(format!("extra_ca_file names {}, which {mistake}", path.display()));
        None
    }

    fn config(&mut self) -> Config {
        let data_dir = PathBuf::from(self.find("data_dir").unwrap_or("./data"));
        let database_url = self.database_url(&data_dir);
        let log_format = match self.find("log_format").unwrap_or("text") {
            "json" => LogFormat::Json,
            "text" => LogFormat::Text,
            other => {
                let mistake = format!("log_format must be text or json: \"{other}\" is neither");
                self.mistakes.push(mistake);
                LogFormat::Text
            }
        };
        let announce_json = match self.find("announce") {
            None => false,
            Some("json") => true,
            Some(other) => {
                let mistake = format!("announce can only be json: \"{other}\" is not");
                self.mistakes.push(mistake);
                false
            }
        };
        Config {
            listen: self
                .parsed("listen", "an address such as 127.0.0.1:3000")
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000))),
            public_url: self.web_address("public_url"),
            data_dir,
            database_url,
            secret_key: self.secret_key(),
            site_root: PathBuf::from(self.find("site_root").unwrap_or("target/site")),
            log_format,
            log: self.log_filter(),
            trusted_proxies: self.list("trusted_proxies", "networks such as 10.0.0.0/8"),
            outbound: OutboundConfig {
                allowed_hosts: self.list("allowed_hosts", "host names"),
                allowed_networks: self.list("allowed_networks", "networks such as 10.0.0.0/8"),
                extra_ca_file: self.authorities(),
                cloud_hosts: self.list("cloud_hosts", "host names"),
                cloud_gateway: self.web_address("cloud_gateway"),
            },
            announce_json,
        }
    }

    fn database_url(&mut self, data_dir: &Path) -> SecretString {
        let url = match self.find("database_url") {
            Some(url) => url.to_owned(),
            None => format!("sqlite:{}", data_dir.join("traceline.db").display()),
        };
        if !["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            self.mistakes
                .push("DATABASE_URL must begin with sqlite: or postgres://".into());
        }
        SecretString::from(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn nothing_given_is_sqlite_on_loopback() {
        let config = Config::parse("", &variables(&[("HOME", "/root")])).expect("defaults are valid");
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert!(config.is_sqlite());
        assert_eq!(config.data_dir, PathBuf::from("./data"));
    }

    #[test]
    fn environment_wins_over_the_file() {
        let config = Config::parse(
            "listen = \"127.0.0.1:1\"\nallowed_hosts = [\"a.test\", \"b.test\"]",
            &variables(&[
                ("TRACELINE_LISTEN", "127.0.0.1:2"),
                ("DATABASE_URL", "postgres://db/x"),
            ]),
        )
        .expect("valid");
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.outbound.allowed_hosts, ["a.test", "b.test"]);
        assert!(!config.is_sqlite());
    }

    #[test]
    fn all_mistakes_are_told_together_and_secrets_are_not() {
        let error = Config::parse(
            "colour = \"red\"\ntrusted_proxies = [10]\nallowed_hosts = [\"a.test\", { b = 1 }]\ncloud_hosts = 1979-05-27\ndata_dir = [\"a\", \"b\"]",
            &variables(&[
                ("TRACELINE_LISTEN", "everywhere"),
                ("TRACELINE_PUBLIC_URL", "ftp://x"),
                ("TRACELINE_LISTNE", "typo"),
                ("TRACELINE_ALLOWED_NETWORKS", "10.0.0.0/8, elsewhere"),
                ("TRACELINE_SECRET_KEY", "hush"),
                ("TRACELINE_SECRET_KEY_FILE", "/nowhere"),
                ("TRACELINE_LOG", "info,sqlx=loud"),
                ("TRACELINE_EXTRA_CA_FILE", "Cargo.toml"),
                ("DATABASE_URL", "mysql://user:hush@db/x"),
            ]),
        )
        .expect_err("many mistakes");
        let text = error.to_string();
        for needle in [
            "colour",
            "listen must be",
            "public_url",
            "TRACELINE_LISTNE",
            "elsewhere",
            "both set",
            "DATABASE_URL",
            "trusted_proxies in the configuration file must be a list of texts: one of its items is of type integer",
            "allowed_hosts in the configuration file must be a list of texts: one of its items is of type table",
            "cloud_hosts in the configuration file must be a text or a list of texts",
            "data_dir in the configuration file must be a text",
            "log must be a filter",
            "secret_key, and after it the keys of secret_key_previous: number 1 is no key",
            "Cargo.toml, which holds no certificate authority",
        ] {
            assert!(text.contains(needle), "{needle} is missing in {text}");
        }
        assert!(!text.contains("hush"));
        assert_eq!(error.0.len(), 14, "{text}");
    }

    #[test]
    fn what_kubernetes_sets_beside_a_service_of_this_name_is_no_setting() {
        for (name, value) in [
            ("SERVICE_HOST", "10.0.0.1"),
            ("SERVICE_PORT", "3000"),
            ("SERVICE_PORT_HTTP", "3000"),
            ("PORT", "tcp://10.0.0.1:3000"),
            ("PORT_3000_TCP_ADDR", "10.0.0.1"),
        ] {
            let variables = variables(&[(format!("TRACELINE_{name}").as_str(), value)]);
            assert!(Config::parse("", &variables).is_ok(), "{name}");
        }
        let wished = Config::parse("", &variables(&[("TRACELINE_PORT", "8080")])).expect_err("not a setting");
        assert!(wished.to_string().contains("TRACELINE_LISTEN"), "{wished}");
        for name in ["TRACELINE_PORTS", "TRACELINE_SERVICE", "TRACELINE_SERVICE_HOSTS"] {
            let error = Config::parse("", &variables(&[(name, "x")])).expect_err("not a setting");
            assert!(error.to_string().contains("the README lists"), "{error}");
        }
    }

    #[test]
    fn a_key_file_and_a_certificate_file_are_read_at_once() {
        let folder = std::env::temp_dir().join(crate::server::random::new_id());
        std::fs::create_dir_all(&folder).expect("folder");
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).expect("written");
            path.display().to_string()
        };
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = Config::parse(
            "",
            &variables(&[
                ("TRACELINE_SECRET_KEY_FILE", &file("key", "hush")),
                ("TRACELINE_EXTRA_CA_FILE", &file("ca.pem", broken)),
                ("TRACELINE_LOG", "a=b=c"),
            ]),
        )
        .expect_err("three mistakes");
        assert_eq!(error.0.len(), 3, "{error}");
        assert!(
            error.to_string().contains("by its lines: number 1 is no key"),
            "{error}"
        );
        assert!(!error.to_string().contains("hush"));
        let missing = folder.join("missing").display().to_string();
        let error = Config::parse(
            "",
            &variables(&[
                ("TRACELINE_SECRET_KEY_FILE", &missing),
                ("TRACELINE_EXTRA_CA_FILE", &missing),
            ]),
        )
        .expect_err("two mistakes");
        assert_eq!(error.to_string().matches("cannot be read").count(), 2, "{error}");
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn earlier_keys_come_after_the_present_one_and_each_once() {
        let key = |byte: u8| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [byte; 32]);
        let parse = |previous: &str, more: &[(&str, &str)]| {
            let mut pairs = vec![("TRACELINE_SECRET_KEY_PREVIOUS", previous)];
            pairs.extend_from_slice(more);
            Config::parse("", &variables(&pairs))
        };
        let present = key(1);
        let present = [("TRACELINE_SECRET_KEY", present.as_str())];
        let config = parse(&format!("{}, {}", key(2), key(3)), &present).expect("three keys");
        let KeySource::Given(keys) = config.secret_key else {
            panic!("not given")
        };
        assert_eq!(keys.len(), 3);
        for (previous, more, wanted) in [
            (
                format!("{},{}", key(2), key(1)),
                &present[..],
                "number 3 is a key that stands there already",
            ),
            ("hush".to_owned(), &present, "number 2 is no key"),
            (key(2), &[], "goes with secret_key"),
        ] {
            let error = parse(&previous, more).expect_err(wanted).to_string();
            assert!(error.contains(wanted) && !error.contains("hush"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_text_is_a_mistake_of_ours_alone() {
        use std::os::unix::ffi::OsStringExt;
        let odd = || OsString::from_vec(vec![0xff]);
        let pairs = [
            ("HOME".into(), odd()),
            ("TRACELINE_LOG".into(), odd()),
            (odd(), odd()),
            ("TRACELINE_LISTEN".into(), "x".into()),
        ];
        let (texts, mistakes) = read_variables(pairs.into_iter());
        assert_eq!(mistakes, ["TRACELINE_LOG is not text in UTF-8"]);
        assert_eq!(texts.len(), 1);
    }

    #[test]
    fn broken_toml_is_one_mistake() {
        let error = Config::parse("listen = ", &BTreeMap::new()).expect_err("broken");
        assert_eq!(error.0.len(), 1);
    }
}
