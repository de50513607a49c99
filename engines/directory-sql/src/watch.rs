//! Which server is the primary, as the servers themselves say.
//!
//! Guildhall elects nobody. It looks at every server again and again, and believes this:
//!
//! * a server that is not read-only **claims** to be the primary;
//! * a replica that follows a server **confirms** it, and so does a server at whose port nobody listens: neither can
//!   confirm another primary's writes at that moment;
//! * with *n* servers, a claim holds while all but one of the others confirm it (one of two, with three servers), and for
//!   [`LEASE`] after that. A write is acknowledged by a primary and one replica; while a claim holds there is no such pair
//!   elsewhere.
//!
//! So an old primary that comes back from a pause, or is cut off with some of the nodes, loses its claim by itself, and no
//! node reads a decision from it once another one acknowledged a change, if whoever promotes keeps the order that
//! [`LEASE`] describes.
//!
//! The price: if *all* replicas are silent (cut off or stopped where they are, not ended), nobody can tell an old primary
//! from the present one, and reads that decide are refused as well as writes. Replicas that were ended refuse connections,
//! which tells enough: then only writes are refused.

use crate::address::Address;
use crate::fault::Fault;
use crate::options::{LEASE, Options};
use crate::position::Position;
use crate::settings;
use parking_lot::Mutex;
use sqlx::mysql::{MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

/// A server that takes longer to say what it is says nothing.
const SILENCE: Duration = Duration::from_secs(1);

/// How old what a replica said may be for it to be asked for anything.
const FRESH: Duration = Duration::from_secs(3);

/// How many looks pass between two at all the settings.
const SETTINGS_EVERY: u32 = 25;

/// What a server said of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Server {
    pub(crate) id: u64,
    pub(crate) read_only: bool,
    pub(crate) follows: Option<Follows>,
    pub(crate) applied: Position,
    /// What is unsafe about it.
    pub(crate) findings: Vec<String>,
}

/// Whom a replica follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Follows {
    pub(crate) primary: u64,
    /// It receives, or tries to.
    pub(crate) receives: bool,
    /// It is connected.
    pub(crate) connected: bool,
    /// It applies what it receives.
    pub(crate) applies: bool,
}

/// What is known of one server.
#[derive(Debug, Clone, Default)]
struct View {
    server: Option<Server>,
    /// When the question was sent that `server` answers.
    answered: Option<Instant>,
    /// When a connection was tried that found nobody listening, if the last try did.
    refused: Option<Instant>,
    /// Why it did not answer.
    trouble: String,
    looked: bool,
}

/// Which server is the primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lead {
    pub(crate) host: usize,
    /// Until when it is believed.
    pub(crate) until: Instant,
    /// Whether a replica confirms writes.
    pub(crate) confirms: bool,
}

/// What all servers said last.
pub(crate) struct Watch {
    names: Vec<String>,
    views: Mutex<Vec<View>>,
    /// Counts the looks, so that they can be awaited.
    looks: watch::Sender<u64>,
    nudges: Vec<Notify>,
    allow_unsafe: bool,
}

impl Watch {
    /// Begins to look; until the watch is dropped.
    pub(crate) fn start(address: &Address, options: &Options) -> Arc<Self> {
        let count = address.hosts.len();
        let watch = Arc::new(Self {
            names: address.hosts.iter().map(|(host, port)| format!("{host}:{port}")).collect(),
            views: Mutex::new(vec![View::default(); count]),
            looks: watch::Sender::new(0),
            nudges: (0..count).map(|_| Notify::new()).collect(),
            allow_unsafe: options.allow_unsafe,
        });
        for (n, host) in address.hosts.iter().enumerate() {
            let (watching, url, every) = (Arc::downgrade(&watch), address.url(host), options.look_every);
            tokio::spawn(async move {
                let mut eye = Eye { url, conn: None, settings_in: 0, findings: Vec::new(), read_only: None };
                while let Some(watch) = watching.upgrade() {
                    let sent = Instant::now();
                    let seen = tokio::time::timeout(SILENCE, eye.look(&watch.name(n))).await;
                    watch.saw(
                        n,
                        sent,
                        seen.unwrap_or(Seen::Silent("it does not answer in time".into())),
                        &mut eye,
                    );
                    if let Some(nudge) = watch.nudges.get(n) {
                        let _ = tokio::time::timeout(every, nudge.notified()).await;
                    }
                }
            });
        }
        watch
    }

    pub(crate) fn name(&self, host: usize) -> String {
        self.names.get(host).cloned().unwrap_or_default()
    }

    fn saw(&self, n: usize, sent: Instant, seen: Seen, eye: &mut Eye) {
        {
            let mut views = self.views.lock();
            let Some(view) = views.get_mut(n) else { return };
            view.looked = true;
            match seen {
                Seen::Server(server) => {
                    let changed =
                        view.server.as_ref().is_none_or(|before| before.findings != server.findings);
                    if changed && !self.allow_unsafe {
                        for finding in &server.findings {
                            tracing::error!("the database is not set safely: {finding}");
                        }
                    }
                    *view = View {
                        server: Some(server),
                        answered: Some(sent),
                        refused: None,
                        trouble: String::new(),
                        looked: true,
                    };
                }
                // Nobody is there any more: what it said does not hold.
                Seen::Refused => {
                    *view = View {
                        refused: Some(sent),
                        trouble: "nobody listens".into(),
                        looked: true,
                        ..View::default()
                    };
                    eye.conn = None;
                }
                // It may still be there.
                Seen::Silent(why) => {
                    view.refused = None;
                    view.trouble = why;
                    eye.conn = None;
                }
            }
        }
        self.looks.send_modify(|looks| *looks += 1);
    }

    /// Looks at a server at once, because it did something unexpected.
    pub(crate) fn nudge(&self, host: usize) {
        if let Some(nudge) = self.nudges.get(host) {
            nudge.notify_one();
        }
    }

    /// The primary now.
    pub(crate) fn lead(&self) -> Result<Lead, &'static str> {
        choose(&self.views.lock(), self.allow_unsafe, Instant::now())
    }

    /// The primary, waited for until `deadline`; one whose writes are confirmed, if that is asked for.
    pub(crate) async fn lead_within(&self, deadline: Instant, confirmed: bool) -> Result<Lead, Fault> {
        let mut looks = self.looks.subscribe();
        loop {
            looks.borrow_and_update();
            let why = match self.lead() {
                Ok(lead) if lead.confirms || !confirmed => return Ok(lead),
                Ok(_) => "no replica confirms writes",
                Err(why) => why,
            };
            if tokio::time::timeout_at(deadline.into(), looks.changed()).await.is_err() {
                return Err(Fault::NoPrimary(why));
            }
        }
    }

    /// Returns when `host` is not the primary any more, and another one is.
    pub(crate) async fn moved(&self, host: usize) {
        let mut looks = self.looks.subscribe();
        loop {
            looks.borrow_and_update();
            if self.lead().is_ok_and(|lead| lead.host != host) {
                return;
            }
            if looks.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// Servers that may be read for display, and how far each is: they follow the primary (if there is one), receive and
    /// apply.
    pub(crate) fn replicas(&self) -> Vec<(usize, Position)> {
        let views = self.views.lock();
        let now = Instant::now();
        let lead = choose(&views, self.allow_unsafe, now).ok();
        let leader = lead.and_then(|lead| views.get(lead.host)?.server.as_ref()).map(|server| server.id);
        let usable = |view: &View| {
            let server = view.server.as_ref()?;
            let follows = server.follows?;
            let fresh = view.answered.is_some_and(|at| now.duration_since(at) < FRESH);
            let right = leader.is_none_or(|leader| leader == follows.primary);
            (fresh && right && follows.applies && server.read_only).then(|| server.applied.clone())
        };
        views.iter().enumerate().filter_map(|(n, view)| Some((n, usable(view)?))).collect()
    }

    /// Waits until every server was looked at once, or `deadline`.
    pub(crate) async fn looked(&self, deadline: Instant) {
        let mut looks = self.looks.subscribe();
        loop {
            looks.borrow_and_update();
            if self.views.lock().iter().all(|view| view.looked)
                || tokio::time::timeout_at(deadline.into(), looks.changed()).await.is_err()
            {
                return;
            }
        }
    }

    /// What is unsafe about the servers that answered, and which did not and why.
    pub(crate) fn findings(&self) -> (Vec<String>, Vec<String>) {
        let views = self.views.lock();
        let wrong =
            views.iter().filter_map(|view| view.server.as_ref()).flat_map(|server| server.findings.clone());
        let silent = views
            .iter()
            .zip(&self.names)
            .filter(|(view, _)| view.server.is_none())
            .map(|(view, name)| format!("{name}: {}", view.trouble));
        (wrong.collect(), silent.collect())
    }
}

/// The primary by what was seen.
fn choose(views: &[View], allow_unsafe: bool, now: Instant) -> Result<Lead, &'static str> {
    let mut held: Option<Lead> = None;
    let mut claims = 0;
    for (host, view) in views.iter().enumerate() {
        let Some(server) = view.server.as_ref().filter(|server| !server.read_only) else { continue };
        if !allow_unsafe && !server.findings.is_empty() {
            continue;
        }
        claims += 1;
        let others = || views.iter().enumerate().filter(|(other, _)| *other != host).map(|(_, view)| view);
        let follows =
            |view: &View| view.server.as_ref()?.follows.filter(|follows| follows.primary == server.id);
        let mut confirmed: Vec<Instant> = others()
            .filter_map(|view| {
                view.refused.or(view.answered.filter(|_| follows(view).is_some_and(|f| f.receives)))
            })
            .collect();
        confirmed.sort_unstable_by(|a, b| b.cmp(a));
        let needed = views.len().saturating_sub(2);
        let until = match needed.checked_sub(1) {
            _ if allow_unsafe => now + LEASE,
            None => now + LEASE,
            Some(last) => match confirmed.get(last) {
                Some(at) => *at + LEASE,
                None => continue,
            },
        };
        if until <= now {
            continue;
        }
        let confirms = allow_unsafe
            || others().any(|view| {
                view.answered.is_some_and(|at| now.duration_since(at) < FRESH)
                    && follows(view).is_some_and(|follows| follows.connected)
            });
        if held.replace(Lead { host, until, confirms }).is_some() {
            return Err("more than one server takes writes: all but one must be read-only");
        }
    }
    held.ok_or(match claims {
        0 => "no server takes writes",
        _ => "no replica confirms which server is the primary",
    })
}

enum Seen {
    Server(Server),
    Refused,
    Silent(String),
}

/// The connection by which one server is looked at.
struct Eye {
    url: String,
    conn: Option<MySqlConnection>,
    settings_in: u32,
    findings: Vec<String>,
    read_only: Option<bool>,
}

impl Eye {
    async fn look(&mut self, name: &str) -> Seen {
        match self.try_look(name).await {
            Ok(server) => Seen::Server(server),
            Err(sqlx::Error::Io(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                Seen::Refused
            }
            // The log may be told what clients may not: the server's own words, which hold no data.
            Err(error) => Seen::Silent(error.to_string()),
        }
    }

    async fn try_look(&mut self, name: &str) -> sqlx::Result<Server> {
        // Taken out: a look that broke off half-way must not be gone on with.
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => {
                self.settings_in = 0;
                let options = sqlx::mysql::MySqlConnectOptions::from_str(&self.url)?;
                MySqlConnection::connect_with(&options).await?
            }
        };
        let row = sqlx::query(
            "SELECT CAST(@@global.server_id AS CHAR), CAST(@@global.read_only AS CHAR), @@global.gtid_slave_pos",
        )
        .fetch_one(&mut conn)
        .await?;
        let read_only = !matches!(row.try_get::<String, _>(1)?.as_str(), "0" | "OFF");
        let mut server = Server {
            id: row.try_get::<String, _>(0)?.parse().unwrap_or(0),
            read_only,
            follows: None,
            applied: Position::parse(&row.try_get::<String, _>(2)?),
            findings: Vec::new(),
        };
        let mut may_ask = true;
        if read_only {
            match sqlx::raw_sql("SHOW SLAVE STATUS").fetch_optional(&mut conn).await {
                Ok(status) => server.follows = status.as_ref().map(follows).transpose()?,
                Err(sqlx::Error::Database(_)) => may_ask = false,
                Err(error) => return Err(error),
            }
        }
        if self.settings_in == 0 || self.read_only != Some(read_only) {
            self.findings = findings(name, &mut conn, may_ask).await?;
            self.settings_in = SETTINGS_EVERY;
            self.read_only = Some(read_only);
        }
        self.settings_in = self.settings_in.saturating_sub(1);
        server.findings.clone_from(&self.findings);
        self.conn = Some(conn);
        Ok(server)
    }
}

fn follows(row: &MySqlRow) -> sqlx::Result<Follows> {
    let receives: String = row.try_get_unchecked("Slave_IO_Running")?;
    let applies: String = row.try_get_unchecked("Slave_SQL_Running")?;
    Ok(Follows {
        primary: row.try_get_unchecked("Master_Server_Id")?,
        receives: receives != "No",
        connected: receives == "Yes",
        applies: applies == "Yes",
    })
}

async fn findings(name: &str, conn: &mut MySqlConnection, may_ask: bool) -> sqlx::Result<Vec<String>> {
    let mut values = HashMap::new();
    for row in sqlx::raw_sql(AssertSqlSafe(settings::question())).fetch_all(&mut *conn).await? {
        values.insert(row.try_get_unchecked(0)?, row.try_get_unchecked(1)?);
    }
    let mut grants = Vec::new();
    for row in sqlx::raw_sql("SHOW GRANTS").fetch_all(&mut *conn).await? {
        grants.push(row.try_get_unchecked(0)?);
    }
    let mut found = settings::findings(name, &values, &grants);
    if !may_ask {
        found.push(format!(
            "{name}: Guildhall's account may not see whom the server follows; it must have SLAVE MONITOR on *.*"
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn primary(id: u64, at: Instant) -> View {
        let server = Server { id, ..Server::default() };
        View { server: Some(server), answered: Some(at), looked: true, ..View::default() }
    }

    fn replica(id: u64, of: u64, at: Instant) -> View {
        let follows = Some(Follows { primary: of, receives: true, connected: true, applies: true });
        let server = Server { id, read_only: true, follows, ..Server::default() };
        View { server: Some(server), answered: Some(at), looked: true, ..View::default() }
    }

    fn gone(at: Instant) -> View {
        View { refused: Some(at), looked: true, ..View::default() }
    }

    fn lead(views: &[View], now: Instant) -> Option<usize> {
        choose(views, false, now).ok().map(|lead| lead.host)
    }

    #[test]
    fn a_claim_holds_while_a_replica_confirms_it_and_no_longer() {
        let at = Instant::now();
        let long_ago = at.checked_sub(Duration::from_secs(5)).unwrap();
        assert_eq!(lead(&[primary(1, at), replica(2, 1, at), replica(3, 1, at)], at), Some(0));
        // One silent replica is no matter, two are; two that are known to be gone are not.
        let silent = View { looked: true, ..View::default() };
        assert_eq!(lead(&[primary(1, at), replica(2, 1, at), silent.clone()], at), Some(0));
        assert_eq!(lead(&[primary(1, at), silent.clone(), silent], at), None);
        let alone = [primary(1, at), gone(at), gone(at)];
        assert_eq!(lead(&alone, at), Some(0));
        assert!(!choose(&alone, false, at).unwrap().confirms, "it takes no writes then");
        let last = [primary(1, at), replica(2, 1, long_ago), replica(3, 1, long_ago)];
        assert_eq!(lead(&last, at), None);
        assert_eq!(lead(&last, long_ago + LEASE - Duration::from_millis(1)), Some(0));
    }

    #[test]
    fn an_old_primary_that_comes_back_has_no_claim() {
        let at = Instant::now();
        assert_eq!(lead(&[primary(1, at), primary(2, at), replica(3, 2, at)], at), Some(1));
        // Nobody knows yet whom the third follows.
        assert_eq!(lead(&[primary(1, at), primary(2, at), View::default()], at), None);
        // Between the old one's end and the new one's begin.
        let mut stopped = replica(2, 1, at);
        if let Some(follows) = stopped.server.as_mut().and_then(|server| server.follows.as_mut()) {
            follows.receives = false;
        }
        assert_eq!(lead(&[primary(1, at), stopped.clone(), stopped], at), None);
        let unsafe_one = |mut view: View| {
            if let Some(server) = view.server.as_mut() {
                server.findings.push("sync_binlog".into());
            }
            view
        };
        assert_eq!(lead(&[unsafe_one(primary(1, at)), replica(2, 1, at), replica(3, 1, at)], at), None);
    }

    #[test]
    fn two_that_take_writes_are_refused_where_nothing_tells_them_apart() {
        let at = Instant::now();
        assert!(choose(&[primary(1, at), primary(2, at)], false, at).unwrap_err().contains("more than one"));
        assert!(choose(&[primary(1, at), primary(2, at)], true, at).unwrap_err().contains("more than one"));
        assert_eq!(lead(&[primary(1, at), replica(2, 1, at)], at), Some(0));
        assert_eq!(choose(&[primary(1, at)], true, at).unwrap().host, 0);
    }
}
