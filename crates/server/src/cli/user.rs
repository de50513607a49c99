//! `guildhall user …`

use super::say;
use crate::admin::{self, Answer, Request};
use crate::config::Config;
use crate::wiring::Node;
use anyhow::{Context, bail};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account. The password is read from standard input, or made and printed if that is a terminal.
    Create {
        /// Username.
        username: String,
        /// E-mail address.
        #[arg(long)]
        email: Option<String>,
    },
    /// Set a password and sign all devices out. The password is read from standard input, or made and printed.
    ResetPassword {
        /// Username.
        username: String,
    },
    /// List accounts.
    List,
    /// Make a registration code and print it.
    Invite {
        /// How many accounts it is good for.
        #[arg(long, default_value_t = 1)]
        uses: u32,
        /// For how many days.
        #[arg(long, default_value_t = 7)]
        days: u32,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let door = Door::open(config).await?;
    match command {
        Command::Create { username, email } => {
            let (password, made) = password()?;
            let text = door.done(Request::CreateUser { username, email, password: password.clone() }).await?;
            report(&text, made.then_some(&password));
        }
        Command::ResetPassword { username } => {
            let (password, made) = password()?;
            let text = door.done(Request::ResetPassword { username, password: password.clone() }).await?;
            report(&text, made.then_some(&password));
        }
        Command::Invite { uses, days } => {
            say(&format!("{}\n", door.done(Request::Invite { uses, days }).await?))
        }
        Command::List => list(&door).await?,
    }
    door.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn list(door: &Door<'_>) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let users = match door.ask(Request::ListUsers { after }).await? {
            Answer::Users { users } => users,
            Answer::Refused { why } => bail!("{why}"),
            Answer::Done { .. } => bail!("the server answered something else"),
        };
        let Some(last) = users.last() else { return Ok(()) };
        after = Some(last.id);
        for user in &users {
            let used = user.last_used.map_or_else(|| "never".to_owned(), |at| format!("{at}"));
            say(&format!(
                "{:>20}  {:<32}  {:>2} devices  last used {used}\n",
                user.id, user.username, user.devices
            ));
        }
    }
}

fn report(text: &str, made: Option<&String>) {
    say(&format!("{text}\n"));
    if let Some(password) = made {
        say(&format!("password: {password}\n"));
    }
}

/// The password on standard input, or a new one if nobody pipes one in.
fn password() -> anyhow::Result<(String, bool)> {
    use std::io::{BufRead, IsTerminal};
    if std::io::stdin().is_terminal() {
        return Ok((format!("{}-{}", domain::secrets::new_code()?.0, domain::secrets::new_code()?.0), true));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
    let line = line.trim_end_matches(['\r', '\n']).to_owned();
    if line.is_empty() {
        bail!("there is no password on standard input");
    }
    Ok((line, false))
}

/// The running server, or the folder itself.
enum Door<'a> {
    Running(&'a Config),
    Folder(Box<Node>),
}

impl<'a> Door<'a> {
    async fn open(config: &'a Config) -> anyhow::Result<Self> {
        if tokio::net::UnixStream::connect(admin::socket(&config.data)).await.is_ok() {
            return Ok(Self::Running(config));
        }
        Ok(Self::Folder(Box::new(Node::open(config).await?)))
    }

    async fn ask(&self, request: Request) -> anyhow::Result<Answer> {
        match self {
            Self::Running(config) => {
                admin::ask(&config.data, &request).await?.context("the server stopped meanwhile")
            }
            Self::Folder(node) => Ok(admin::act(&node.world, request).await),
        }
    }

    async fn done(&self, request: Request) -> anyhow::Result<String> {
        match self.ask(request).await? {
            Answer::Done { text } => Ok(text),
            Answer::Refused { why } => bail!("{why}"),
            Answer::Users { .. } => bail!("the server answered something else"),
        }
    }

    async fn close(self) {
        if let Self::Folder(node) = self {
            node.close().await;
        }
    }
}
