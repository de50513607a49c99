//! The command line.

mod doctor;
mod fixture;
mod user;

use crate::config::{Config, RegistrationMode, Role, sample};
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A self-hosted community chat server that speaks Discord's API.
#[derive(Debug, Parser)]
#[command(name = "guildhall", version)]
struct Cli {
    /// A TOML file (see `guildhall config`); without it ./guildhall.toml if there is one.
    #[arg(long, global = true, env = "GUILDHALL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder [default: ./data].
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The folder of images and files, shared by all nodes of a cluster [default: blobs in the data folder].
    #[arg(long, global = true, value_name = "FOLDER")]
    blobs: Option<PathBuf>,
    /// For many nodes: the MySQL or MariaDB servers (mysql://user:password@host:port,host:port/database).
    #[arg(long, global = true, value_name = "URL")]
    directory: Option<String>,
    /// For many nodes: the Cassandra or ScyllaDB servers (cql://host:port,host:port/keyspace?replication=3).
    #[arg(long, global = true, value_name = "URL")]
    messages: Option<String>,
    /// For many nodes: the Redis Cluster (redis://host:port,host:port/).
    #[arg(long, global = true, value_name = "URL")]
    bus: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (what happens without a command).
    Serve(ServeArgs),
    /// Print the documented configuration file.
    Config,
    /// Create, reset and list accounts, and make registration codes. Works while the server runs.
    #[command(subcommand)]
    User(user::Command),
    /// Check the data folder of a stopped server.
    Doctor,
    /// Make a guild to measure with, in the data folder of a stopped server.
    Fixture(fixture::Fixture),
}

#[derive(Debug, Args, Default)]
struct ServeArgs {
    /// Address and port to listen on [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Keep everything in memory, nothing on disk.
    #[arg(long)]
    ephemeral: bool,
    /// The address that people and bots use, if a proxy stands in front.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Who may register [default: open on loopback, else invite].
    #[arg(long, value_name = "WHO")]
    registration: Option<RegistrationMode>,
    /// What this node does [default: rest,gateway,jobs].
    #[arg(long, value_name = "ROLES", value_delimiter = ',')]
    roles: Vec<Role>,
    /// Use engines whose settings could lose what was acknowledged.
    #[arg(long)]
    unsafe_engines: bool,
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let mut cli = Cli::parse();
    let command = cli.command.take();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::anyhow!("cannot start: {error}")),
    };
    let done = runtime.block_on(run(cli, command));
    // A password that is being hashed must not hold the exit up.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match done {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

async fn run(cli: Cli, command: Option<Command>) -> anyhow::Result<ExitCode> {
    if matches!(command, Some(Command::Config)) {
        say(&sample());
        return Ok(ExitCode::SUCCESS);
    }
    let mut config = Config::read(cli.config.as_deref())?;
    if let Some(data) = cli.data {
        config.data = data;
    }
    config.blobs = cli.blobs.or(config.blobs);
    config.directory = cli.directory.or(config.directory);
    config.messages = cli.messages.or(config.messages);
    config.bus = cli.bus.or(config.bus);
    match command {
        Some(Command::User(command)) => user::run(&config, command).await,
        Some(Command::Doctor) => doctor::run(&config).await,
        Some(Command::Fixture(made)) => fixture::run(&config, made).await,
        Some(Command::Serve(args)) => serve(config, merge(cli.serve, args)).await,
        Some(Command::Config) | None => serve(config, cli.serve).await,
    }
}

/// `guildhall --listen … serve` and `guildhall serve --listen …` are the same.
fn merge(outer: ServeArgs, inner: ServeArgs) -> ServeArgs {
    ServeArgs {
        listen: inner.listen.or(outer.listen),
        ephemeral: inner.ephemeral || outer.ephemeral,
        public_url: inner.public_url.or(outer.public_url),
        registration: inner.registration.or(outer.registration),
        roles: if inner.roles.is_empty() { outer.roles } else { inner.roles },
        unsafe_engines: inner.unsafe_engines || outer.unsafe_engines,
    }
}

async fn serve(mut config: Config, args: ServeArgs) -> anyhow::Result<ExitCode> {
    config.listen = args.listen.unwrap_or(config.listen);
    config.ephemeral |= args.ephemeral;
    config.public_url = args.public_url.or(config.public_url);
    config.registration = args.registration.or(config.registration);
    if !args.roles.is_empty() {
        config.roles = args.roles;
    }
    config.unsafe_engines |= args.unsafe_engines;
    config.check()?;
    crate::serve::run(config).await?;
    Ok(ExitCode::SUCCESS)
}

/// Prints to standard output; a reader that went away is no error.
fn say(text: &str) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn fail(error: &anyhow::Error) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "guildhall: {error:#}");
    ExitCode::FAILURE
}
