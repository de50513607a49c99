//! The engines under a cluster, and what is wrong with them at the moment.

use anyhow::{Context as _, Result};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Duration;
use testbed::cassandra::Cassandra;
use testbed::mariadb::MariaDb;
use testbed::redis::RedisCluster;

/// How long engines may take to become whole.
const WHOLE: Duration = Duration::from_secs(60);
/// The database, and the keyspace.
const NAME: &str = "guildhall";

/// All of them. Members are numbered from 0, as the engines' own starters do.
#[derive(Debug)]
pub struct Engines {
    /// MariaDB, one primary and two replicas.
    pub maria: MariaDb,
    /// Redis Cluster, three masters and three replicas.
    pub redis: RedisCluster,
    /// Cassandra, a ring of three.
    pub cassandra: Cassandra,
    ill: Ill,
}

/// What is to be undone.
#[derive(Debug, Default)]
struct Ill {
    maria_dead: BTreeSet<usize>,
    maria_paused: BTreeSet<usize>,
    maria_late: BTreeSet<usize>,
    redis_paused: BTreeSet<usize>,
    redis_touched: bool,
    cassandra_paused: BTreeSet<usize>,
    cassandra_dead: BTreeSet<usize>,
}

fn joined<T>(thread: std::thread::Result<Result<T>>, name: &str) -> Result<T> {
    thread
        .map_err(|_| anyhow::anyhow!("starting {name} panicked"))?
        .with_context(|| format!("starting {name}"))
}

impl Engines {
    /// Starts all of them: Cassandra takes longest, the others start beside it.
    ///
    /// # Errors
    /// One is not installed, or does not start.
    pub fn start() -> Result<Self> {
        let (maria, redis, cassandra) = std::thread::scope(|scope| {
            let cassandra = scope.spawn(Cassandra::ring);
            let redis = scope.spawn(RedisCluster::start);
            let maria = scope.spawn(MariaDb::cluster);
            (maria.join(), redis.join(), cassandra.join())
        });
        Ok(Self {
            maria: joined(maria, "MariaDB")?,
            redis: joined(redis, "Redis")?,
            cassandra: joined(cassandra, "Cassandra")?,
            ill: Ill::default(),
        })
    }

    /// What a node is given to use them.
    pub fn arguments(&self) -> Vec<OsString> {
        let cql = format!("cql://{}/{NAME}?replication=3", self.cassandra.addresses().join(","));
        let redis = format!("redis://{}/", self.redis.addresses().join(","));
        let arguments = [
            "--directory".to_owned(),
            self.maria.url(NAME),
            "--messages".to_owned(),
            cql,
            "--bus".to_owned(),
            redis,
        ];
        arguments.map(OsString::from).to_vec()
    }

    /// Kills a MariaDB server.
    ///
    /// # Errors
    /// There is no such member.
    pub fn kill_maria(&mut self, n: usize) -> Result<()> {
        self.maria.kill(n)?;
        self.ill.maria_paused.remove(&n);
        self.ill.maria_dead.insert(n);
        Ok(())
    }

    /// Pauses a MariaDB server.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause_maria(&mut self, n: usize) -> Result<()> {
        self.maria.pause(n)?;
        self.ill.maria_paused.insert(n);
        Ok(())
    }

    /// Lets the replicas apply what they receive so many seconds late.
    ///
    /// # Errors
    /// One does not do it.
    pub fn delay_replicas(&mut self, seconds: u32) -> Result<()> {
        for n in (0..self.maria.members()).filter(|n| *n != self.maria.primary()).collect::<Vec<_>>() {
            self.maria.delay(n, seconds)?;
            self.ill.maria_late.insert(n);
        }
        Ok(())
    }

    /// Kills every connection of Guildhall's account to the primary; how many.
    ///
    /// # Errors
    /// The primary does not answer.
    pub fn cut_connections(&self) -> Result<usize> {
        let primary = self.maria.primary();
        let list = "SELECT user, COUNT(*) FROM information_schema.processlist WHERE user NOT IN ('root', 'system user', 'replica', 'repl', 'event_scheduler') AND command NOT LIKE 'Binlog%' GROUP BY user";
        let users = self.maria.sql(primary, list)?;
        let mut cut = 0;
        for (user, count) in users.lines().filter_map(|line| line.split_once('\t')) {
            // All at once, as when a network goes.
            self.maria.sql(primary, &format!("KILL USER '{user}'"))?;
            cut += count.parse().unwrap_or(0);
        }
        Ok(cut)
    }

    /// Kills a member of the Redis Cluster.
    ///
    /// # Errors
    /// There is no such member.
    pub fn kill_redis(&mut self, n: usize) -> Result<()> {
        self.ill.redis_touched = true;
        self.ill.redis_paused.remove(&n);
        self.redis.kill(n)
    }

    /// Kills all members of the Redis Cluster.
    ///
    /// # Errors
    /// None in practice.
    pub fn stop_redis(&mut self) -> Result<()> {
        self.ill.redis_touched = true;
        self.ill.redis_paused.clear();
        self.redis.stop_all()
    }

    /// Pauses a member of the Redis Cluster.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause_redis(&mut self, n: usize) -> Result<()> {
        self.ill.redis_touched = true;
        self.redis.pause(n)?;
        self.ill.redis_paused.insert(n);
        Ok(())
    }

    /// The last entry of a stream; what stands before all of them if there is none.
    ///
    /// # Errors
    /// The stream's master does not answer.
    pub fn newest_entry(&self, stream: &str) -> Result<String> {
        let newest = "local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1] \
            return last and last[1] or '0-0'";
        let entry = self.script(stream, newest, &[])?;
        Ok(entry.trim().to_owned())
    }

    /// Drops the events among the entries behind another one, and leaves all that is not one; how many were dropped.
    ///
    /// # Errors
    /// The stream's master does not answer.
    pub fn drop_events(&self, stream: &str, behind: &str) -> Result<u32> {
        self.events(stream, behind, "n = n + redis.call('XDEL', KEYS[1], entry[1])")
    }

    /// How many events are among the entries behind another one.
    ///
    /// # Errors
    /// The stream's master does not answer.
    pub fn count_events(&self, stream: &str, behind: &str) -> Result<u32> {
        self.events(stream, behind, "n = n + 1")
    }

    fn events(&self, stream: &str, behind: &str, each: &str) -> Result<u32> {
        // As `bus-redis` tags them: to users and to guilds, for the first time and again.
        let script = format!(
            "local n = 0 \
            for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')) do \
                if string.find('EAGH', string.sub(entry[2][2], 1, 1), 1, true) then {each} end \
            end \
            return n"
        );
        let said = self.script(stream, &script, &[behind])?;
        said.trim().parse().with_context(|| format!("Redis says of {stream}: {said}"))
    }

    fn script(&self, key: &str, script: &str, arguments: &[&str]) -> Result<String> {
        let all = [&["eval", script, "1", key], arguments].concat();
        self.redis.cli(self.redis.master_of(key)?, &all)
    }

    /// Kills a Cassandra node.
    ///
    /// # Errors
    /// There is no such node.
    pub fn kill_cassandra(&mut self, n: usize) -> Result<()> {
        self.cassandra.kill(n)?;
        self.ill.cassandra_paused.remove(&n);
        self.ill.cassandra_dead.insert(n);
        Ok(())
    }

    /// Pauses a Cassandra node.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause_cassandra(&mut self, n: usize) -> Result<()> {
        self.cassandra.pause(n)?;
        self.ill.cassandra_paused.insert(n);
        Ok(())
    }

    /// Makes a replica the primary.
    ///
    /// # Errors
    /// None is reachable, or one does not do what it is told.
    pub fn promote(&mut self) -> Result<usize> {
        let old = self.maria.primary();
        let new = self.maria.promote()?;
        // It comes back as a replica of the new one.
        self.ill.maria_late.remove(&new);
        if !self.ill.maria_dead.contains(&old) {
            self.ill.maria_paused.insert(old);
        }
        Ok(new)
    }

    /// Undoes everything: what was killed starts, what was paused goes on, who followed an old primary follows the new
    /// one.
    ///
    /// # Errors
    /// Something does not come back.
    pub fn heal(&mut self) -> Result<()> {
        let ill = std::mem::take(&mut self.ill);
        for n in ill.redis_paused {
            self.redis.resume(n)?;
        }
        for n in ill.cassandra_paused {
            self.cassandra.resume(n)?;
        }
        let primary = self.maria.primary();
        for n in &ill.maria_paused {
            // One that was only demoted was never paused: then there is nothing to let go on.
            self.maria.resume(*n)?;
        }
        // The primary first: the others follow it.
        let mut dead: Vec<usize> = ill.maria_dead.into_iter().collect();
        dead.sort_by_key(|n| *n != primary);
        for n in dead {
            self.maria.restart(n)?;
        }
        for n in ill.maria_paused.into_iter().filter(|n| *n != primary) {
            self.maria.rejoin(n)?;
        }
        for n in ill.maria_late.into_iter().filter(|n| *n != primary) {
            self.maria.delay(n, 0)?;
        }
        for n in ill.cassandra_dead {
            self.cassandra.start(n)?;
        }
        if ill.redis_touched {
            self.redis.start_all()?;
            self.redis.wait_whole(WHOLE)?;
        }
        Ok(())
    }
}
