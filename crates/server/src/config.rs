//! The configuration: read once, from defaults, a TOML file, the environment and the command line, the later ones
//! first.

use anyhow::{Context, bail};
use domain::Registration;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// What the operator sets. Every field is a key of the TOML file and, in capitals after `GUILDHALL_`, a variable.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// The folder of images and files, which all nodes of a cluster share; `blobs` in the data folder if it is not set.
    pub blobs: Option<PathBuf>,
    /// Nothing on disk.
    pub ephemeral: bool,
    /// The SQL servers that keep accounts and friends; without it a file in the data folder.
    pub directory: Option<String>,
    /// The CQL servers that keep messages; without it a file in the data folder.
    pub messages: Option<String>,
    /// The Redis servers between the nodes; without it there is this one node.
    pub bus: Option<String>,
    /// What this node does.
    #[serde(deserialize_with = "roles")]
    pub roles: Vec<Role>,
    /// Engines that could lose what was acknowledged are used all the same.
    pub unsafe_engines: bool,
    /// The address that people and bots use, if a proxy stands in front.
    pub public_url: Option<String>,
    /// Who may register.
    pub registration: Option<RegistrationMode>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether attempts are throttled.
    pub throttle: Switch,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Who may read `/metrics`.
    pub metrics: MetricsAccess,
    /// Seconds between two heartbeats of a gateway client, in milliseconds.
    pub heartbeat_ms: u64,
    /// Seconds that a stopping server waits for its connections.
    pub drain_seconds: u64,
}

/// A part of what a node does.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The REST API and the web client.
    Rest,
    /// The gateway.
    Gateway,
    /// Work that nobody waits for.
    Jobs,
}

/// A list of roles, or as an environment variable has it: `rest,gateway`.
fn roles<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Role>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        List(Vec<Role>),
        Text(String),
    }
    match Said::deserialize(deserializer)? {
        Said::List(roles) => Ok(roles),
        Said::Text(text) => text
            .split(',')
            .map(|role| {
                <Role as clap::ValueEnum>::from_str(role.trim(), true).map_err(serde::de::Error::custom)
            })
            .collect(),
    }
}

/// The engines of many nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engines<'a> {
    /// `mysql://…`
    pub directory: &'a str,
    /// `cql://…`
    pub messages: &'a str,
    /// `redis://…`
    pub bus: &'a str,
}

/// `on` or `off`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Who may register.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum RegistrationMode {
    /// Everybody.
    Open,
    /// Who has a code (`guildhall user invite`).
    Invite,
    /// Nobody.
    Closed,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Who may read the metrics.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum MetricsAccess {
    /// This machine.
    Loopback,
    /// Everybody who can connect.
    Open,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("./data"),
            blobs: None,
            ephemeral: false,
            directory: None,
            messages: None,
            bus: None,
            roles: vec![Role::Rest, Role::Gateway, Role::Jobs],
            unsafe_engines: false,
            public_url: None,
            registration: None,
            trusted_proxies: Vec::new(),
            throttle: Switch::On,
            log: "info".into(),
            log_format: LogFormat::Text,
            metrics: MetricsAccess::Loopback,
            heartbeat_ms: 41_250,
            drain_seconds: 5,
        }
    }
}

/// An option as the sample and the reference page show it: key, example, what it means.
pub const OPTIONS: &[(&str, &str, &str)] = &[
    (
        "listen",
        "\"127.0.0.1:8080\"",
        "Address and port to listen on. One port serves everything: web client, REST and gateway.",
    ),
    ("data", "\"./data\"", "Folder for everything that is stored. One process at a time may use it."),
    (
        "blobs",
        "\"./data/blobs\"",
        "Folder for images and files. All nodes of a cluster must share it (a network file system): what one of them stored, every other must find. Without it the folder blobs in the data folder.",
    ),
    (
        "ephemeral",
        "false",
        "Keep everything in memory and nothing on disk. For trying things out and for tests.",
    ),
    (
        "directory",
        "\"mysql://guildhall:secret@db1:3306,db2:3306,db3:3306/guildhall\"",
        "For many nodes: the MySQL or MariaDB servers that keep accounts, devices and friends, primary and replicas in any order. Without it a file in the data folder.",
    ),
    (
        "messages",
        "\"cql://cassandra1:9042,cassandra2:9042,cassandra3:9042/guildhall?replication=3\"",
        "For many nodes: the Cassandra or ScyllaDB servers that keep messages. Without it a file in the data folder.",
    ),
    (
        "bus",
        "\"redis://redis1:6379,redis2:6379,redis3:6379/\"",
        "For many nodes: the Redis Cluster between them. The three belong together: set all of them, or none.",
    ),
    (
        "roles",
        "[\"rest\", \"gateway\", \"jobs\"]",
        "What this node does: \"rest\" (REST API and web client), \"gateway\" (the clients' sockets), \"jobs\" (work that nobody waits for).",
    ),
    (
        "unsafe_engines",
        "false",
        "Use engines whose settings could lose what was acknowledged: for tests and for trying things out.",
    ),
    (
        "public_url",
        "\"https://chat.example.org\"",
        "The address that people and bots use when a proxy stands in front. Without it the address is taken from each request's Host header.",
    ),
    (
        "registration",
        "\"open\"",
        "Who may register: \"open\", \"invite\" (with a code from `guildhall user invite`) or \"closed\". Without it: open while listening on a loopback address, else invite.",
    ),
    ("trusted_proxies", "[]", "Addresses of proxies whose X-Forwarded-For header is believed."),
    (
        "throttle",
        "\"on\"",
        "Whether logins, registrations and friend requests are throttled. \"off\" only for tests and load generators.",
    ),
    ("log", "\"info\"", "What is logged, as a filter such as \"info\" or \"warn,gateway=debug\"."),
    ("log_format", "\"text\"", "How it is logged: \"text\" or \"json\"."),
    ("metrics", "\"loopback\"", "Who may read /metrics (Prometheus): \"loopback\" or \"open\"."),
    ("heartbeat_ms", "41250", "Milliseconds between two heartbeats of a gateway client."),
    ("drain_seconds", "5", "Seconds that a stopping server gives its connections to move away."),
];

/// The documented sample file.
pub fn sample() -> String {
    let mut text = String::from(
        "# Guildhall's configuration. Every key can also be set as an environment variable: GUILDHALL_ and the key in capitals.\n# The command line is stronger than the environment, the environment stronger than this file.\n",
    );
    for (key, example, meaning) in OPTIONS {
        text.push_str(&format!("\n# {meaning}\n# {key} = {example}\n"));
    }
    text
}

impl Config {
    /// Reads the file (`path`, or `guildhall.toml` in the working folder if it is there) and the environment.
    ///
    /// # Errors
    /// What is wrong, with the key and where it was set.
    pub fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        match path {
            Some(path) if !path.is_file() => bail!("there is no configuration file {}", path.display()),
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            None if Path::new("guildhall.toml").is_file() => {
                figment = figment.merge(Toml::file_exact("guildhall.toml"))
            }
            None => {}
        }
        figment
            .merge(
                Env::prefixed("GUILDHALL_").only(&OPTIONS.iter().map(|(key, ..)| *key).collect::<Vec<_>>()),
            )
            .extract()
            .context("the configuration is not valid")
    }

    /// Checks what only makes sense together.
    ///
    /// # Errors
    /// What is wrong, in plain words.
    pub fn check(&self) -> anyhow::Result<()> {
        if let Some(url) = &self.public_url {
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', ' ', '@'])) {
                bail!(
                    "public_url must be http:// or https:// with a host, and without a path: {url:?} is not"
                );
            }
        }
        self.engines()?;
        if self.roles.is_empty() {
            bail!("roles must name at least one of rest, gateway and jobs");
        }
        if !(1_000..=300_000).contains(&self.heartbeat_ms) {
            bail!("heartbeat_ms must be between 1000 and 300000");
        }
        Ok(())
    }

    /// The engines of many nodes; `None`: everything is kept by this process.
    ///
    /// # Errors
    /// They are not all there, or not of the kind that they must be.
    pub fn engines(&self) -> anyhow::Result<Option<Engines<'_>>> {
        let (directory, messages, bus) = match (&self.directory, &self.messages, &self.bus) {
            (None, None, None) => return Ok(None),
            (Some(directory), Some(messages), Some(bus)) => (directory, messages, bus),
            _ => bail!(
                "directory, messages and bus belong together: set all three for many nodes, or none for one node"
            ),
        };
        if self.ephemeral {
            bail!(
                "ephemeral keeps everything in this process: it does not go with directory, messages and bus"
            );
        }
        for (key, url, scheme) in
            [("directory", directory, "mysql://"), ("messages", messages, "cql://"), ("bus", bus, "redis://")]
        {
            if !url.starts_with(scheme) {
                // Not the URL itself: there may be a password in it.
                bail!("{key} must be a URL that begins with {scheme}");
            }
        }
        Ok(Some(Engines { directory, messages, bus }))
    }

    /// The folder of images and files.
    pub fn blobs(&self) -> PathBuf {
        self.blobs.clone().unwrap_or_else(|| self.data.join("blobs"))
    }

    /// Whether this node does this.
    pub fn does(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Who may register: open by default only while nobody else can connect.
    pub fn registration(&self) -> Registration {
        match self.registration {
            Some(RegistrationMode::Open) => Registration::Open,
            Some(RegistrationMode::Invite) => Registration::Invite,
            Some(RegistrationMode::Closed) => Registration::Closed,
            None if self.listen.ip().is_loopback() => Registration::Open,
            None => Registration::Invite,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_documents_every_key_and_is_valid() {
        let commented_in: String = sample()
            .lines()
            .filter_map(|line| line.strip_prefix("# ").filter(|line| line.contains(" = ")))
            .map(|line| format!("{line}\n"))
            .collect();
        let read: Config = Figment::from(Toml::string(&commented_in)).extract().unwrap();
        let expected = Config {
            public_url: Some("https://chat.example.org".into()),
            registration: Some(RegistrationMode::Open),
            blobs: Some("./data/blobs".into()),
            directory: read.directory.clone(),
            messages: read.messages.clone(),
            bus: read.bus.clone(),
            ..Config::default()
        };
        assert_eq!(read, expected);
        assert!(read.engines().unwrap().is_some());
        let keys = serde_json::to_value(Config::default()).unwrap();
        let mut keys: Vec<String> = keys.as_object().unwrap().keys().cloned().collect();
        let mut documented: Vec<String> = OPTIONS.iter().map(|(key, ..)| (*key).to_owned()).collect();
        keys.sort();
        documented.sort();
        assert_eq!(keys, documented);
    }

    #[test]
    fn roles_are_a_list_or_a_line() {
        let read = |text: &str| {
            Figment::from(Toml::string(text)).extract::<Config>().map(|config| config.roles).ok()
        };
        assert_eq!(read("roles = \"rest, gateway\"").unwrap(), [Role::Rest, Role::Gateway]);
        assert_eq!(read("roles = [\"jobs\"]").unwrap(), [Role::Jobs]);
        assert!(read("roles = \"king\"").is_none());
    }

    #[test]
    fn the_engines_of_many_nodes_belong_together() {
        let with = |directory: &str, messages: Option<&str>, bus: Option<&str>| Config {
            directory: Some(directory.into()),
            messages: messages.map(Into::into),
            bus: bus.map(Into::into),
            ..Config::default()
        };
        let (cql, redis) = (Some("cql://a:1/x"), Some("redis://a:1"));
        assert!(with("mysql://a:1/x", cql, redis).check().is_ok());
        assert!(with("mysql://a:1/x", cql, None).check().is_err());
        assert!(with("mysql://a:1/x", None, None).check().is_err());
        let ephemeral = Config { ephemeral: true, ..with("mysql://a:1/x", cql, redis) };
        assert!(ephemeral.check().is_err());
        let said = with("postgres://name:secret@a/x", cql, redis).check().unwrap_err().to_string();
        assert!(said.contains("mysql://") && !said.contains("secret"), "{said}");
    }

    #[test]
    fn registration_is_open_by_default_on_loopback_only() {
        let local = Config::default();
        assert_eq!(local.registration(), Registration::Open);
        let public = Config { listen: "0.0.0.0:8080".parse().unwrap(), ..Config::default() };
        assert_eq!(public.registration(), Registration::Invite);
    }

    #[test]
    fn public_urls_are_origins() {
        let with = |url: &str| Config { public_url: Some(url.into()), ..Config::default() }.check().is_ok();
        assert!(with("https://chat.example.org") && with("http://127.0.0.1:8080"));
        assert!(!with("chat.example.org") && !with("https://a/b") && !with("ftp://a") && !with("https://"));
    }
}
