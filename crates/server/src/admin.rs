//! The operator's door into a running server: a Unix socket in the data folder, open to the folder's owner alone. One
//! line of JSON asks, one answers. Without a running server the same commands act on the folder itself.

use anyhow::{Context, bail};
use domain::accounts::operator;
use domain::{Error, World};
use model::UserId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// Bytes of a line.
const LINE: u64 = 64 * 1024;
/// Accounts of one answer.
const PAGE: usize = 500;

/// What the operator asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// Make an account.
    CreateUser {
        /// Username.
        username: String,
        /// E-mail address.
        email: Option<String>,
        /// Password.
        password: String,
    },
    /// Set a password and end all devices.
    ResetPassword {
        /// Whose.
        username: String,
        /// The new one.
        password: String,
    },
    /// List accounts above this id.
    ListUsers {
        /// Where the page before ended.
        after: Option<u64>,
    },
    /// Make a registration code.
    Invite {
        /// How often it works.
        uses: u32,
        /// How long it works.
        days: u32,
    },
}

/// What is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is done.
    Done {
        /// What to print.
        text: String,
    },
    /// A page of accounts.
    Users {
        /// Them.
        users: Vec<Row>,
    },
    /// It is not done.
    Refused {
        /// Why.
        why: String,
    },
}

/// An account in the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: u64,
    /// Its username.
    pub username: String,
    /// Signed-in devices.
    pub devices: u32,
    /// Seconds since the Unix epoch at which one of them was used last.
    pub last_used: Option<i64>,
}

/// Where the socket is.
pub fn socket(data: &Path) -> PathBuf {
    data.join("admin.sock")
}

/// Does what is asked.
pub async fn act(world: &World, request: Request) -> Answer {
    let done = match request {
        Request::CreateUser { username, email, password } => {
            operator::create_account(world, &username, email.as_deref(), &password).await.map(|account| {
                Answer::Done {
                    text: format!("created {} with id {}", account.user.username, account.user.id),
                }
            })
        }
        Request::ResetPassword { username, password } => {
            operator::reset_password(world, &username, &password).await.map(|()| Answer::Done {
                text: format!("the password of {username} is set, and all its devices are signed out"),
            })
        }
        Request::ListUsers { after } => {
            operator::list(world, after.and_then(UserId::new), PAGE).await.map(|users| Answer::Users {
                users: users
                    .into_iter()
                    .map(|row| Row {
                        id: row.user.id.get(),
                        username: row.user.username,
                        devices: row.devices,
                        last_used: row.last_used.map(|at| at.seconds()),
                    })
                    .collect(),
            })
        }
        Request::Invite { uses, days } => {
            operator::invite(world, uses, days).await.map(|text| Answer::Done { text })
        }
    };
    done.unwrap_or_else(|error| Answer::Refused { why: plain(&error) })
}

fn plain(error: &Error) -> String {
    match error {
        Error::Form(faults) => faults
            .0
            .iter()
            .flat_map(|(path, faults)| faults.iter().map(move |fault| format!("{path}: {}", fault.message)))
            .collect::<Vec<_>>()
            .join("\n"),
        Error::Refused(domain::Refusal::UnknownUser) => "nobody has this username".into(),
        other => other.to_string(),
    }
}

/// Answers on the socket until the task is dropped.
///
/// # Errors
/// The socket cannot be made.
pub fn listen(data: &Path, world: World) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let path = socket(data);
    // We hold the folder's lock, so a socket that is there was left by a process that is gone.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let world = world.clone();
            tokio::spawn(async move {
                if let Err(error) = answer(stream, &world).await {
                    tracing::warn!(%error, "an operator's command broke off");
                }
            });
        }
    }))
}

async fn answer(stream: UnixStream, world: &World) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LINE)).read_line(&mut line).await?;
    if line.is_empty() {
        // Somebody only looked whether a server is there.
        return Ok(());
    }
    let answer = match serde_json::from_str(&line) {
        Ok(request) => act(world, request).await,
        Err(error) => Answer::Refused { why: error.to_string() },
    };
    write.write_all(serde_json::to_string(&answer)?.as_bytes()).await?;
    write.write_all(b"\n").await?;
    Ok(())
}

/// Asks the running server; `None` if there is none.
///
/// # Errors
/// It does not answer.
pub async fn ask(data: &Path, request: &Request) -> anyhow::Result<Option<Answer>> {
    let Ok(stream) = UnixStream::connect(socket(data)).await else { return Ok(None) };
    let (read, mut write) = stream.into_split();
    write.write_all(serde_json::to_string(request)?.as_bytes()).await?;
    write.write_all(b"\n").await?;
    let mut line = String::new();
    BufReader::new(read).read_line(&mut line).await?;
    if line.is_empty() {
        bail!("the running server closed the connection without an answer");
    }
    Ok(Some(serde_json::from_str(&line)?))
}
