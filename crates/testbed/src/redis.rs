//! Redis Cluster: three masters, three replicas.

use crate::process::{Process, free_port, program, wait_for};
use anyhow::{Context as _, Result, bail};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a cluster may take to be whole.
const WHOLE: Duration = Duration::from_secs(40);

/// Six members on loopback in a temporary folder.
#[derive(Debug)]
pub struct RedisCluster {
    folder: TempDir,
    server: PathBuf,
    cli: PathBuf,
    members: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    port: u16,
    /// The port on which members talk to each other.
    gossip: u16,
    process: Option<Process>,
}

impl RedisCluster {
    /// Starts one and waits until every master has its replica.
    ///
    /// # Errors
    /// Redis is not installed, or the cluster does not become whole.
    pub fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("guildhall-redis-").tempdir()?;
        let (server, cli) = (program("redis-server", "redis-server")?, program("redis-cli", "redis-server")?);
        let mut ports: Vec<u16> = Vec::new();
        while ports.len() < 12 {
            let port = free_port(&[Ipv4Addr::LOCALHOST.into()])?;
            if !ports.contains(&port) {
                ports.push(port);
            }
        }
        let members = ports
            .chunks_exact(2)
            .filter_map(|pair| match *pair {
                [port, gossip] => Some(Member { port, gossip, process: None }),
                _ => None,
            })
            .collect();
        let mut cluster = Self { folder, server, cli, members };
        cluster.start_all()?;
        let mut create = Command::new(&cluster.cli);
        create.args(["--cluster", "create"]).args(cluster.addresses());
        create.args(["--cluster-replicas", "1", "--cluster-yes"]);
        wait_for(WHOLE, "six answering Redis members", || {
            Ok((0..6).all(|n| cluster.ask(n, &["ping"]).is_ok()).then_some(()))
        })?;
        let made = create.output().context("cannot start redis-cli")?;
        if !made.status.success() {
            bail!("redis-cli --cluster create: {}", String::from_utf8_lossy(&made.stdout));
        }
        cluster.wait_whole(WHOLE)?;
        Ok(cluster)
    }

    /// Host and port of every member, dead ones included.
    pub fn addresses(&self) -> Vec<String> {
        self.members.iter().map(|member| format!("127.0.0.1:{}", member.port)).collect()
    }

    /// The members that are masters now, as a living one sees it.
    ///
    /// # Errors
    /// Nobody answers.
    pub fn masters(&self) -> Result<Vec<usize>> {
        let nodes = (0..self.members.len())
            .find_map(|n| self.ask(n, &["cluster", "nodes"]).ok())
            .context("no Redis member answers")?;
        let masters = nodes.lines().filter(|line| {
            let flags = line.split(' ').nth(2).unwrap_or_default();
            flags.contains("master") && !flags.contains("fail")
        });
        Ok(masters.filter_map(|line| self.of_line(line)).collect())
    }

    /// Which master serves this key now.
    ///
    /// # Errors
    /// Nobody answers.
    pub fn master_of(&self, key: &str) -> Result<usize> {
        for n in self.masters()? {
            // A member answers for its own slots and points elsewhere for others.
            if let Ok(answer) = self.ask(n, &["exists", key])
                && !answer.contains("MOVED")
            {
                return Ok(n);
            }
        }
        bail!("no master serves {key}")
    }

    /// Kills a member with SIGKILL.
    ///
    /// # Errors
    /// There is no such member.
    pub fn kill(&mut self, n: usize) -> Result<()> {
        // Dropping kills and waits.
        self.member(n)?.process = None;
        Ok(())
    }

    /// Stops a member where it is.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&mut self, n: usize) -> Result<()> {
        self.member(n)?.process.as_mut().context("it does not run")?.pause()
    }

    /// Lets a member go on.
    ///
    /// # Errors
    /// It does not run.
    pub fn resume(&mut self, n: usize) -> Result<()> {
        self.member(n)?.process.as_mut().context("it does not run")?.resume()
    }

    /// Starts a member again under its address and its place in the cluster, without data.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn restart(&mut self, n: usize) -> Result<()> {
        let (server, folder) = (self.server.clone(), self.folder.path().join(n.to_string()));
        let member = self.member(n)?;
        member.process = None;
        std::fs::create_dir_all(&folder)?;
        let mut command = Command::new(server);
        command.current_dir(&folder);
        let (port, gossip) = (member.port.to_string(), member.gossip.to_string());
        command.args(["--port", &port, "--cluster-port", &gossip, "--bind", "127.0.0.1"]);
        command.args(["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]);
        command.args(["--cluster-require-full-coverage", "no", "--save", "", "--appendonly", "no"]);
        command.args(["--maxmemory", "64mb", "--maxmemory-policy", "noeviction"]);
        // A replica that waits for five seconds before it copies makes tests slow.
        command.args(["--repl-diskless-sync-delay", "0"]);
        member.process = Some(Process::start(&format!("redis {n}"), command, &log(&folder))?);
        Ok(())
    }

    /// Kills all members.
    ///
    /// # Errors
    /// None in practice.
    pub fn stop_all(&mut self) -> Result<()> {
        (0..self.members.len()).try_for_each(|n| self.kill(n))
    }

    /// Starts all members that do not run.
    ///
    /// # Errors
    /// One cannot be started.
    pub fn start_all(&mut self) -> Result<()> {
        for n in 0..self.members.len() {
            if self.member(n)?.process.is_none() {
                self.restart(n)?;
            }
        }
        Ok(())
    }

    /// Empties every master.
    ///
    /// # Errors
    /// One does not answer.
    pub fn flush_all(&self) -> Result<()> {
        self.masters()?.into_iter().try_for_each(|n| self.cli(n, &["flushall"]).map(|_| ()))
    }

    /// What a member answers to a command.
    ///
    /// # Errors
    /// It does not answer, or with an error.
    pub fn cli(&self, n: usize, arguments: &[&str]) -> Result<String> {
        self.ask(n, arguments)
    }

    /// Waits until every member sees the cluster whole and every replica follows its master.
    ///
    /// # Errors
    /// It does not become so in time.
    pub fn wait_whole(&self, within: Duration) -> Result<()> {
        let until = Instant::now() + within;
        wait_for(within, "a whole Redis Cluster", || {
            let whole = (0..self.members.len()).all(|n| {
                let info = self.ask(n, &["cluster", "info"]).unwrap_or_default();
                let role = self.ask(n, &["info", "replication"]).unwrap_or_default();
                let nodes = self.ask(n, &["cluster", "nodes"]).unwrap_or_default();
                info.contains("cluster_state:ok")
                    && !nodes.contains("fail")
                    && nodes.matches("slave ").count() == self.members.len() / 2
                    && (role.contains("master_link_status:up") || role.contains("connected_slaves:1"))
            });
            if whole || Instant::now() > until {
                return Ok(whole.then_some(()));
            }
            std::thread::sleep(Duration::from_millis(80));
            Ok(None)
        })
    }

    fn member(&mut self, n: usize) -> Result<&mut Member> {
        self.members.get_mut(n).with_context(|| format!("there is no Redis member {n}"))
    }

    fn ask(&self, n: usize, arguments: &[&str]) -> Result<String> {
        let member = self.members.get(n).with_context(|| format!("there is no Redis member {n}"))?;
        if member.process.is_none() {
            bail!("Redis member {n} does not run");
        }
        // A member that is paused would keep redis-cli waiting.
        let mut command = Command::new("timeout");
        let port = member.port.to_string();
        command.arg("2").arg(&self.cli).args(["-h", "127.0.0.1", "-p", &port]);
        let output = command.args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() || said.starts_with("(error)") {
            bail!("redis {n}: {arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(said)
    }

    fn of_line(&self, line: &str) -> Option<usize> {
        let address = line.split(' ').nth(1)?.split('@').next()?;
        self.addresses().iter().position(|known| known == address)
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("log")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_starts_whole_and_survives_the_death_of_a_master() {
        let mut cluster = RedisCluster::start().unwrap();
        let masters = cluster.masters().unwrap();
        assert_eq!(masters.len(), 3);
        let victim = cluster.master_of("a").unwrap();
        assert!(masters.contains(&victim));
        cluster.kill(victim).unwrap();
        let heir = wait_for(Duration::from_secs(20), "a new master", || {
            let heir = cluster.master_of("a").ok();
            Ok(heir.filter(|n| !masters.contains(n)))
        });
        assert!(heir.is_ok(), "{heir:?}");
        cluster.restart(victim).unwrap();
        cluster.wait_whole(WHOLE).unwrap();
        cluster.cli(heir.unwrap(), &["set", "a", "b"]).unwrap();
        cluster.flush_all().unwrap();
        assert_eq!(cluster.cli(cluster.master_of("a").unwrap(), &["exists", "a"]).unwrap().trim(), "0");
    }
}
