//! MariaDB on loopback: one primary that takes the writes and replicas that confirm them, set as Guildhall asks
//! (semi-synchronous, `AFTER_SYNC`, no silent fall back), with what an operator or a fault does to them.
//!
//! Servers start read-only, and what they are is told to them afterwards, so that one that comes back by itself never
//! takes a write. Everything here blocks; call it from `spawn_blocking` in async tests.

use crate::process::{Process, free_port, program, wait_for};
use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The Debian package that brings the server and its tools.
const PACKAGE: &str = "mariadb-server";

/// Who Guildhall is to the servers. The password needs escapes in a URL, so that nobody forgets them.
const USER: &str = "guildhall";
const PASSWORD: &str = "p@ss:w/rd";
const PASSWORD_IN_URL: &str = "p%40ss%3Aw%2Frd";

/// Longest wait for a server to answer. A cold disk that others use as well takes its time.
const START: Duration = Duration::from_secs(60);

/// Longest wait for a replica to come nearer to what its primary had.
const CATCH_UP: Duration = Duration::from_secs(50);

/// Longest wait for a replica to have it all. One that was built anew applies everything that was ever written, which
/// takes minutes after a long run.
const ALL_OF_IT: Duration = Duration::from_secs(600);

/// How long nobody may be able to confirm writes before a promoted server takes some. Nodes trust the old primary for
/// reads that decide no longer than this after they last saw a replica follow it (`directory_sql::LEASE` is less).
pub const FENCE: Duration = Duration::from_millis(2400);

/// `rpl_semi_sync_master_timeout`: for ever, in milliseconds.
const FOR_EVER: &str = "18446744073709551615";

#[derive(Debug)]
struct Member {
    port: u16,
    folder: PathBuf,
    process: Option<Process>,
    paused: bool,
    /// Whether it was a primary and has not followed another one since.
    demoted: bool,
}

impl Member {
    fn socket(&self) -> PathBuf {
        self.folder.join("sock")
    }

    fn reachable(&mut self) -> bool {
        !self.paused && self.process.as_mut().is_some_and(Process::runs)
    }
}

/// A primary and its replicas, ended when it is dropped.
#[derive(Debug)]
pub struct MariaDb {
    members: Vec<Member>,
    /// Which one takes the writes.
    primary: usize,
    /// Whether commits are synced and confirmed.
    durable: bool,
    template: PathBuf,
    _sweeper: Sweeper,
    _folder: TempDir,
}

/// Removes a folder when this process is gone in whatever way: one that stays in a `static` until then drops nothing.
#[derive(Debug)]
struct Sweeper(Child);

impl Sweeper {
    fn of(folder: &Path) -> Result<Self> {
        // The servers are killed at the same moment, and must not write into it any more.
        let sweeper = Command::new("sh")
            .args(["-c", "read line; sleep 1; rm -rf \"$0\""])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        sweeper.map(Self).context("cannot start sh")
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl MariaDb {
    /// One primary (number 0) and two replicas, with an empty database `guildhall`.
    ///
    /// # Errors
    /// MariaDB is not installed, or a server does not start; with what it printed.
    pub fn cluster() -> Result<Self> {
        Self::start(3, true)
    }

    /// One server without replicas that syncs nothing: starts and writes fast, and is not safe.
    ///
    /// # Errors
    /// As for [`MariaDb::cluster`].
    pub fn single() -> Result<Self> {
        Self::start(1, false)
    }

    fn start(members: usize, durable: bool) -> Result<Self> {
        let template = template()?;
        let folder = tempfile::Builder::new().prefix("mariadb-").tempdir()?;
        let sweeper = Sweeper::of(folder.path())?;
        let mut cluster =
            Self { members: Vec::new(), primary: 0, durable, template, _sweeper: sweeper, _folder: folder };
        for n in 0..members {
            let folder = cluster._folder.path().join(n.to_string());
            std::fs::create_dir(&folder)?;
            copy(&cluster.template, &folder.join("data"))?;
            let port = free_port(&[LOOPBACK])?;
            cluster.members.push(Member { port, folder, process: None, paused: false, demoted: false });
            cluster.spawn(n, n != 0)?;
        }
        for n in 0..members {
            cluster.wait_until_ready(n)?;
        }
        for n in 1..members {
            cluster.follow(n)?;
        }
        cluster.lead(0)?;
        if members > 1 {
            cluster.wait_for_status(0, "Rpl_semi_sync_master_clients", &(members - 1).to_string())?;
        }
        Ok(cluster)
    }

    /// How many servers there are.
    pub fn members(&self) -> usize {
        self.members.len()
    }

    /// Which one takes the writes, as far as it was arranged here.
    pub fn primary(&self) -> usize {
        self.primary
    }

    /// `host:port` of every member.
    pub fn addresses(&self) -> Vec<String> {
        self.members.iter().map(|member| format!("127.0.0.1:{}", member.port)).collect()
    }

    /// What Guildhall is given to use this database of all members: `mysql://user:password@a,b,c/database`. The account
    /// may use every database whose name begins with `guildhall`.
    pub fn url(&self, database: &str) -> String {
        format!("mysql://{USER}:{PASSWORD_IN_URL}@{}/{database}", self.addresses().join(","))
    }

    /// What it takes to use this database of one member alone.
    ///
    /// # Errors
    /// There is no such member.
    pub fn url_of(&self, n: usize, database: &str) -> Result<String> {
        Ok(format!("mysql://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{}/{database}", self.member(n)?.port))
    }

    /// Runs statements as the administrator by the command line client; the rows, one a line, columns between tabs.
    ///
    /// # Errors
    /// What the server or the client says, or no answer within 60 s.
    pub fn sql(&self, n: usize, text: &str) -> Result<String> {
        self.sql_within(n, text, START)
    }

    /// As [`MariaDb::sql`], with another limit.
    ///
    /// # Errors
    /// As for [`MariaDb::sql`].
    pub fn sql_within(&self, n: usize, text: &str, within: Duration) -> Result<String> {
        self.client(n, "--skip-column-names", text, within)
    }

    fn client(&self, n: usize, names: &str, text: &str, within: Duration) -> Result<String> {
        let mut child = Command::new(program("mariadb", PACKAGE)?)
            .args(["--no-defaults", "--user=root", "--batch", names, "--socket"])
            .arg(self.member(n)?.socket())
            .args(["--execute", text])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let ended = wait_for(within, &format!("the answer to {text:?}"), || Ok(child.try_wait()?));
        if ended.is_err() {
            let _ = child.kill();
        }
        let output = child.wait_with_output()?;
        ended?;
        if !output.status.success() {
            bail!("{text:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }

    /// One field of `SHOW SLAVE STATUS`; `None` if the member follows nobody.
    ///
    /// # Errors
    /// As for [`MariaDb::sql`].
    pub fn slave_status(&self, n: usize, field: &str) -> Result<Option<String>> {
        let rows = self.client(n, "--column-names", "SHOW SLAVE STATUS\\G", START)?;
        let head = format!("{field}: ");
        // The client prints an empty value without the blank that follows the colon.
        let value = |line: &str| {
            let line = line.trim();
            line.strip_prefix(&head)
                .or_else(|| (line.strip_suffix(':') == Some(field)).then_some(""))
                .map(str::to_owned)
        };
        Ok(rows.lines().find_map(value))
    }

    /// Kills a member with SIGKILL.
    ///
    /// # Errors
    /// There is no such member.
    pub fn kill(&mut self, n: usize) -> Result<()> {
        let member = self.member_mut(n)?;
        member.process = None;
        member.paused = false;
        Ok(())
    }

    /// Stops a member where it is (SIGSTOP): its sockets stay open and nothing answers.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&mut self, n: usize) -> Result<()> {
        let member = self.member_mut(n)?;
        member.process.as_mut().context("the member was killed")?.pause()?;
        member.paused = true;
        Ok(())
    }

    /// Lets a paused member go on as what it was. One that was the primary, while another one was promoted, still takes
    /// itself for it until [`MariaDb::rejoin`].
    ///
    /// # Errors
    /// It does not run.
    pub fn resume(&mut self, n: usize) -> Result<()> {
        let member = self.member_mut(n)?;
        member.process.as_mut().context("the member was killed")?.resume()?;
        member.paused = false;
        Ok(())
    }

    /// Starts a member that was killed. The primary goes on as the primary; every other one, also if it was the primary
    /// before a promotion, comes back read-only and follows the present primary.
    ///
    /// # Errors
    /// It does not start, or cannot follow.
    pub fn restart(&mut self, n: usize) -> Result<()> {
        self.kill(n)?;
        self.spawn(n, n != self.primary)?;
        self.wait_until_ready(n)?;
        if n == self.primary { self.lead(n) } else { self.rejoin(n) }
    }

    /// Makes a member that runs read-only, lets it follow the present primary, and waits until it has all that the primary
    /// has now. If it holds what no replica ever
    /// confirmed, and nobody was told of, it is built anew from the primary's log.
    ///
    /// # Errors
    /// It is the primary, or cannot follow.
    pub fn rejoin(&mut self, n: usize) -> Result<()> {
        if n == self.primary {
            bail!("the primary cannot follow itself");
        }
        // Not by SET GLOBAL read_only alone: commits that wait for a confirmation that never comes would make it wait.
        if self.member(n)?.demoted && self.stuck(n)? {
            self.kill(n)?;
            self.spawn(n, true)?;
            self.wait_until_ready(n)?;
        }
        self.follow(n)?;
        // What no replica confirmed can also show only while it catches up.
        if self.in_step(n)? && self.catch_up(n).is_ok() {
            return Ok(());
        }
        self.kill(n)?;
        let data = self.member(n)?.folder.join("data");
        std::fs::remove_dir_all(&data)?;
        copy(&self.template, &data)?;
        self.member_mut(n)?.demoted = false;
        self.spawn(n, true)?;
        self.wait_until_ready(n)?;
        // It syncs only when it has it all: on a disk that others use, too, the log of an hour takes minutes otherwise.
        self.synced(n, false)?;
        self.follow(n)?;
        match self.in_step(n)? {
            true => {
                self.catch_up(n)?;
                self.synced(n, self.durable)
            }
            false => bail!(
                "member {n} cannot follow: {} {}",
                self.slave_status(n, "Last_IO_Error")?.unwrap_or_default(),
                self.slave_status(n, "Last_SQL_Error")?.unwrap_or_default()
            ),
        }
    }

    /// Promotes the reachable replica that received most, as an operator or a tool of theirs does, and lets the other
    /// reachable ones follow it; which one.
    ///
    /// The order matters. First no replica confirms anything to the old primary any more, so that it acknowledges no
    /// write. Then the chosen one applies all that it received, because what was confirmed was only received. Only after
    /// [`FENCE`] it takes writes.
    ///
    /// # Errors
    /// No replica is reachable, or one does not do what it is told.
    pub fn promote(&mut self) -> Result<usize> {
        let old = self.primary;
        let mut chosen: Option<(u64, usize)> = None;
        let mut candidates = Vec::new();
        for n in 0..self.members.len() {
            if n != old && self.member_mut(n)?.reachable() {
                candidates.push(n);
            }
        }
        for n in &candidates {
            // In this order: with both threads stopped, the next start throws away what was received.
            self.sql(*n, "START SLAVE SQL_THREAD; STOP SLAVE IO_THREAD")?;
        }
        let fenced = Instant::now();
        for n in &candidates {
            let received = self.slave_status(*n, "Gtid_IO_Pos")?.unwrap_or_default();
            let position = sequence(&received).max(sequence(&self.sql(*n, "SELECT @@gtid_slave_pos")?));
            if chosen.is_none_or(|(most, _)| position > most) {
                chosen = Some((position, *n));
            }
        }
        let (_, chosen) = chosen.context("no replica can be reached")?;
        let received = self.slave_status(chosen, "Gtid_IO_Pos")?.unwrap_or_default();
        if self.sql(chosen, &format!("SELECT MASTER_GTID_WAIT('{received}', 60)"))? != "0" {
            bail!("member {chosen} did not apply what it had received");
        }
        self.sql(chosen, "STOP SLAVE; RESET SLAVE ALL")?;
        self.member_mut(old)?.demoted = true;
        self.primary = chosen;
        for n in &candidates {
            if *n != chosen {
                self.follow(*n)?;
            }
        }
        std::thread::sleep(FENCE.saturating_sub(fenced.elapsed()));
        self.lead(chosen)?;
        Ok(chosen)
    }

    /// Stops the part of replication that applies what was received, so that the member lags.
    ///
    /// # Errors
    /// As for [`MariaDb::sql`].
    pub fn stop_replication(&self, n: usize) -> Result<()> {
        self.sql(n, "STOP SLAVE SQL_THREAD").map(drop)
    }

    /// Lets a member apply again what it receives.
    ///
    /// # Errors
    /// As for [`MariaDb::sql`].
    pub fn start_replication(&self, n: usize) -> Result<()> {
        self.sql(n, "START SLAVE").map(drop)
    }

    /// Lets a member apply everything so many seconds late; 0 ends it.
    ///
    /// # Errors
    /// As for [`MariaDb::sql`].
    pub fn delay(&self, n: usize, seconds: u32) -> Result<()> {
        self.sql(n, &format!("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = {seconds}; START SLAVE")).map(drop)
    }

    /// Everything that a member printed.
    pub fn said(&self, n: usize) -> String {
        let log = self.members.get(n).map(|member| member.folder.join("log"));
        log.and_then(|log| std::fs::read_to_string(log).ok()).unwrap_or_default()
    }

    fn member(&self, n: usize) -> Result<&Member> {
        self.members.get(n).with_context(|| format!("there is no member {n}"))
    }

    fn member_mut(&mut self, n: usize) -> Result<&mut Member> {
        self.members.get_mut(n).with_context(|| format!("there is no member {n}"))
    }

    /// Starts a server, read-only. One that was a primary and comes back as a replica gives up what nobody confirmed;
    /// one that comes back as the primary keeps it, because replicas may have it.
    fn spawn(&mut self, n: usize, follows: bool) -> Result<()> {
        let (durable, server) = (self.durable, program("mariadbd", PACKAGE)?);
        let member = self.member_mut(n)?;
        let mut command = Command::new(server);
        command.arg("--no-defaults").args(small());
        command.arg(flag("datadir", &member.folder.join("data")));
        command.arg(flag("socket", &member.socket())).arg(flag("pid-file", &member.folder.join("pid")));
        command.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--read-only=1"]);
        command.arg(format!("--port={}", member.port)).arg(format!("--server-id={}", n + 1));
        command.args(["--log-bin=binlog", "--relay-log=relay", "--binlog-format=ROW"]);
        command.args([
            "--gtid-strict-mode=1",
            "--log-slave-updates=1",
            "--slave-net-timeout=5",
            // A replica that is told to stop tells its primary, and waits for it, also if that one is paused.
            "--rpl-semi-sync-slave-kill-conn-timeout=1",
        ]);
        command.args([
            "--rpl-semi-sync-master-wait-point=AFTER_SYNC",
            "--rpl-semi-sync-master-wait-no-slave=ON",
        ]);
        command.arg(format!("--rpl-semi-sync-master-timeout={FOR_EVER}"));
        command.arg(format!("--rpl-semi-sync-slave-enabled={}", u8::from(follows)));
        let synced = u8::from(durable);
        command.arg(format!("--sync-binlog={synced}"));
        command.arg(format!("--innodb-flush-log-at-trx-commit={synced}"));
        member.process = Some(Process::start(&format!("mariadb {n}"), command, &member.folder.join("log"))?);
        Ok(())
    }

    fn wait_until_ready(&mut self, n: usize) -> Result<()> {
        wait_for(START, &format!("MariaDB member {n}"), || {
            if !self.member_mut(n)?.reachable() {
                let said = self.said(n);
                let lines: Vec<&str> = said.lines().collect();
                bail!(
                    "member {n} ended:\n{}",
                    lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
                );
            }
            Ok(self.member(n)?.socket().exists().then(|| self.sql(n, "SELECT 1").ok()).flatten())
        })
        .map(drop)
    }

    /// Lets a member take writes.
    fn lead(&mut self, n: usize) -> Result<()> {
        let confirmed = u8::from(self.durable);
        self.sql(
            n,
            &format!(
                "SET GLOBAL rpl_semi_sync_slave_enabled = 0;
                SET GLOBAL rpl_semi_sync_master_enabled = {confirmed};
                SET GLOBAL read_only = 0"
            ),
        )?;
        self.member_mut(n)?.demoted = false;
        Ok(())
    }

    /// Lets a member follow the primary, and take no writes.
    fn follow(&mut self, n: usize) -> Result<()> {
        let port = self.member(self.primary)?.port;
        let demote = if self.member(n)?.demoted { ", MASTER_DEMOTE_TO_SLAVE = 1" } else { "" };
        self.sql(
            n,
            &format!(
                "SET GLOBAL read_only = 1;
                STOP SLAVE;
                SET GLOBAL rpl_semi_sync_master_enabled = 0;
                SET GLOBAL rpl_semi_sync_slave_enabled = 1;
                CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port}, MASTER_USER = 'replication',
                    MASTER_PASSWORD = 'replication', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos{demote};
                START SLAVE"
            ),
        )?;
        self.member_mut(n)?.demoted = false;
        Ok(())
    }

    /// Whether a member syncs each commit, from now on.
    fn synced(&self, n: usize, each: bool) -> Result<()> {
        let each = u8::from(each);
        let set =
            format!("SET GLOBAL sync_binlog = {each}; SET GLOBAL innodb_flush_log_at_trx_commit = {each}");
        self.sql(n, &set).map(drop)
    }

    /// Whether a member's connections hold what will never be confirmed.
    fn stuck(&self, n: usize) -> Result<bool> {
        let waiting = "SELECT COUNT(*) FROM information_schema.PROCESSLIST
            WHERE STATE LIKE '%semi-sync ACK%' OR COMMAND IN ('Query', 'Execute') AND USER = 'guildhall'";
        Ok(self.sql(n, waiting)? != "0")
    }

    /// Whether a member follows; waits until it is known.
    fn in_step(&self, n: usize) -> Result<bool> {
        let field = |name: &str| self.slave_status(n, name).map(Option::unwrap_or_default);
        wait_for(START, &format!("member {n} to follow"), || {
            let (io, apply) = (field("Slave_IO_Running")?, field("Slave_SQL_Running")?);
            Ok(match (io.as_str(), apply.as_str()) {
                ("Yes", "Yes") => Some(true),
                ("No", _) | (_, "No") => Some(false),
                _ => None,
            })
        })
    }

    fn catch_up(&self, n: usize) -> Result<()> {
        let position = self.sql(self.primary, "SELECT @@gtid_binlog_pos")?;
        let begun = Instant::now();
        let (mut applied, mut nearer) = (0, begun);
        while self.in_step(n)? && nearer.elapsed() < CATCH_UP && begun.elapsed() < ALL_OF_IT {
            if self.sql(n, &format!("SELECT MASTER_GTID_WAIT('{position}', 1)"))? == "0" {
                return Ok(());
            }
            let now = sequence(&self.sql(n, "SELECT @@gtid_slave_pos")?);
            if now > applied {
                (applied, nearer) = (now, Instant::now());
            }
        }
        bail!("member {n} does not catch up with {position}, it is at {applied}")
    }

    fn wait_for_status(&self, n: usize, name: &str, value: &str) -> Result<()> {
        wait_for(START, &format!("{name} = {value} on member {n}"), || {
            let row = self.sql(n, &format!("SHOW GLOBAL STATUS LIKE '{name}'"))?;
            Ok((row.split('\t').nth(1) == Some(value)).then_some(()))
        })
    }
}

/// The sequence number of a GTID position in one domain, `0-1-42`; 0 if there is none.
fn sequence(position: &str) -> u64 {
    position.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn flag(name: &str, path: &Path) -> std::ffi::OsString {
    let mut flag = std::ffi::OsString::from(format!("--{name}="));
    flag.push(path);
    flag
}

/// Small caches and logs, so that several servers fit beside each other.
fn small() -> Vec<String> {
    let mut flags: Vec<String> = [
        "--innodb-buffer-pool-size=64M",
        "--innodb-log-file-size=16M",
        "--innodb-log-buffer-size=2M",
        "--key-buffer-size=1M",
        "--aria-pagecache-buffer-size=8M",
        "--performance-schema=OFF",
        "--table-open-cache=400",
        "--max-connections=300",
    ]
    .map(str::to_owned)
    .into();
    if rustix::process::getuid().is_root() {
        flags.push("--user=root".into());
    }
    flags
}

/// A data folder as it is after installation, with the accounts and the database that every member begins with. Made
/// once, beside what Cargo builds.
fn template() -> Result<PathBuf> {
    let root = build_folder().join("testbed");
    std::fs::create_dir_all(&root)?;
    // Rebuilt when what is in it changes.
    let folder = root.join("mariadb-1");
    let lock = File::options().create(true).truncate(false).write(true).open(root.join("mariadb.lock"))?;
    lock.lock()?;
    if folder.is_dir() {
        return Ok(folder);
    }
    let making = tempfile::Builder::new().prefix("mariadb-making-").tempdir_in(&root)?;
    let data = making.path().join("data");
    let installed = Command::new(program("mariadb-install-db", PACKAGE)?)
        .arg("--no-defaults")
        .arg(flag("datadir", &data))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"])
        .args(small())
        .stdin(Stdio::null())
        .output()?;
    if !installed.status.success() {
        bail!("mariadb-install-db failed: {}", String::from_utf8_lossy(&installed.stderr));
    }
    let accounts = making.path().join("accounts.sql");
    std::fs::write(
        &accounts,
        format!(
            "FLUSH PRIVILEGES;\n\
            CREATE USER 'replication'@'%' IDENTIFIED BY 'replication';\n\
            GRANT REPLICATION SLAVE ON *.* TO 'replication'@'%';\n\
            CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
            GRANT ALL PRIVILEGES ON `guildhall%`.* TO '{USER}'@'%';\n\
            GRANT SLAVE MONITOR ON *.* TO '{USER}'@'%';\n\
            CREATE DATABASE guildhall CHARACTER SET utf8mb4;\n"
        ),
    )?;
    let made = Command::new(program("mariadbd", PACKAGE)?)
        .arg("--no-defaults")
        .arg("--bootstrap")
        .args(small())
        .arg(flag("datadir", &data))
        .stdin(File::open(&accounts)?)
        .output()?;
    if !made.status.success() {
        bail!("mariadbd --bootstrap failed: {}", String::from_utf8_lossy(&made.stderr));
    }
    std::fs::rename(&data, &folder)?;
    Ok(folder)
}

/// The folder that Cargo builds into, which it marks; or a temporary one where this program was not built there.
fn build_folder() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|program| {
            program.ancestors().find(|at| at.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
        })
        .unwrap_or_else(std::env::temp_dir)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
    use super::*;

    /// The ground that other tests stand on: a promotion keeps what was confirmed although it was not applied, the old
    /// primary comes back as a replica, and one that was paused meanwhile acknowledges nothing.
    #[test]
    fn a_promotion_keeps_what_was_confirmed_and_fences_the_old_primary() {
        let mut cluster = MariaDb::cluster().unwrap();
        cluster.sql(0, "CREATE TABLE guildhall.t (id INT PRIMARY KEY)").unwrap();
        // Both only receive: what is confirmed now is applied nowhere else.
        cluster.stop_replication(1).unwrap();
        cluster.stop_replication(2).unwrap();
        cluster.sql(0, "INSERT INTO guildhall.t VALUES (1)").unwrap();
        cluster.kill(0).unwrap();
        let first = cluster.promote().unwrap();
        assert_eq!(
            cluster
                .sql(first, "INSERT INTO guildhall.t VALUES (2); SELECT COUNT(*) FROM guildhall.t")
                .unwrap(),
            "2"
        );
        cluster.restart(0).unwrap();
        assert!(cluster.sql(0, "SELECT @@read_only").unwrap() == "1");

        cluster.pause(first).unwrap();
        let second = cluster.promote().unwrap();
        assert_ne!(second, first);
        cluster.sql(second, "INSERT INTO guildhall.t VALUES (3)").unwrap();
        cluster.resume(first).unwrap();
        let refused = cluster.sql_within(first, "INSERT INTO guildhall.t VALUES (4)", Duration::from_secs(1));
        assert!(refused.is_err(), "the old primary took a write");
        cluster.rejoin(first).unwrap();
        for n in 0..3 {
            wait_for(START, "every row on every member", || {
                let rows = cluster.sql(n, "SELECT GROUP_CONCAT(id ORDER BY id) FROM guildhall.t").unwrap();
                Ok((rows == "1,2,3").then_some(()))
            })
            .unwrap();
        }
    }

    /// An old primary that committed what no replica ever had cannot follow: it comes back without that, with all that
    /// the others have, and as safe as they are.
    #[test]
    fn an_old_primary_with_writes_of_its_own_is_built_anew() {
        let mut cluster = MariaDb::cluster().unwrap();
        cluster.sql(0, "CREATE TABLE guildhall.t (id INT PRIMARY KEY)").unwrap();
        cluster.sql(0, "INSERT INTO guildhall.t VALUES (1)").unwrap();
        cluster.pause(0).unwrap();
        let promoted = cluster.promote().unwrap();
        cluster.resume(0).unwrap();
        cluster
            .sql(0, "SET GLOBAL rpl_semi_sync_master_enabled = 0; INSERT INTO guildhall.t VALUES (2)")
            .unwrap();
        cluster.sql(promoted, "INSERT INTO guildhall.t VALUES (3)").unwrap();
        cluster.rejoin(0).unwrap();
        assert_eq!(cluster.sql(0, "SELECT GROUP_CONCAT(id ORDER BY id) FROM guildhall.t").unwrap(), "1,3");
        let safe = "SELECT @@read_only, @@sync_binlog, @@innodb_flush_log_at_trx_commit";
        assert_eq!(cluster.sql(0, safe).unwrap(), "1\t1\t1");
    }
}
