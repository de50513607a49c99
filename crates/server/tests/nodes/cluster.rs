//! The engines and the nodes.

use super::support::{Api, Person, Socket};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use testbed::cassandra::Cassandra;
use testbed::mariadb::MariaDb;
use testbed::node::{Node, NodeOptions};
use testbed::redis::RedisCluster;
use tokio::sync::{Mutex, MutexGuard};

/// Engines that end with this process.
struct Engines {
    _mariadb: MariaDb,
    redis: Mutex<RedisCluster>,
    _cassandra: Cassandra,
    nodes: Vec<Mutex<Node>>,
    addresses: Vec<SocketAddr>,
    _folder: tempfile::TempDir,
}

static ENGINES: OnceLock<Engines> = OnceLock::new();
/// Tests that take a node away; the others hold it together.
static WHOLE: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());

fn start() -> Engines {
    let folder = tempfile::Builder::new().prefix("guildhall-nodes-").tempdir().unwrap();
    // Each takes a while and one core at most.
    let cassandra = std::thread::spawn(|| Cassandra::ring().expect("Cassandra starts"));
    let redis = std::thread::spawn(|| RedisCluster::start().expect("Redis starts"));
    let mariadb = MariaDb::cluster().expect("MariaDB starts");
    let (redis, cassandra) = (redis.join().unwrap(), cassandra.join().unwrap());
    let bus = format!("redis://{}/", redis.addresses().join(","));
    let messages = format!("cql://{}/guildhall?replication=3", cassandra.addresses().join(","));
    let mut nodes = Vec::new();
    let mut addresses = Vec::new();
    for n in 1u8..=3 {
        let ip: std::net::IpAddr = [127, 0, 0, 10 + n].into();
        let port = testbed::process::free_port(&[ip]).unwrap();
        let listen = SocketAddr::new(ip, port);
        let home = folder.path().join(format!("node{n}"));
        let arguments = [
            ("--directory", mariadb.url("guildhall")),
            ("--messages", messages.clone()),
            ("--bus", bus.clone()),
            ("--registration", "open".into()),
            ("--data", home.join("data").display().to_string()),
        ];
        let environment =
            [("GUILDHALL_THROTTLE", "off"), ("GUILDHALL_DRAIN_SECONDS", "4"), ("GUILDHALL_LOG", "info")];
        let options = NodeOptions {
            binary: env!("CARGO_BIN_EXE_guildhall").into(),
            listen,
            folder: home,
            arguments: arguments.into_iter().flat_map(|(key, value)| [key.into(), value.into()]).collect(),
            environment: environment.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
        };
        let mut node = Node::new(&format!("node {n}"), options);
        node.start().unwrap();
        nodes.push(Mutex::new(node));
        addresses.push(listen);
    }
    Engines {
        _mariadb: mariadb,
        redis: Mutex::new(redis),
        _cassandra: cassandra,
        nodes,
        addresses,
        _folder: folder,
    }
}

/// What a test has of the cluster.
pub(crate) struct Cluster {
    engines: &'static Engines,
    /// The nodes as clients reach them.
    pub(crate) api: Vec<Api>,
    _whole: Held,
}

enum Held {
    Shared(#[expect(dead_code, reason = "held")] tokio::sync::RwLockReadGuard<'static, ()>),
    Alone(#[expect(dead_code, reason = "held")] tokio::sync::RwLockWriteGuard<'static, ()>),
}

impl Cluster {
    /// For a test that leaves the nodes alone.
    pub(crate) async fn shared() -> Self {
        let held = Held::Shared(WHOLE.read().await);
        Self::with(held).await
    }

    /// For a test that takes nodes away, and gives them back.
    pub(crate) async fn alone() -> Self {
        let held = Held::Alone(WHOLE.write().await);
        Self::with(held).await
    }

    async fn with(held: Held) -> Self {
        let engines = tokio::task::spawn_blocking(|| ENGINES.get_or_init(start)).await.unwrap();
        let api = engines.addresses.iter().map(|address| Api::at(*address)).collect();
        Self { engines, api, _whole: held }
    }

    /// A node's process.
    pub(crate) async fn node(&self, n: usize) -> MutexGuard<'static, Node> {
        self.engines.nodes[n].lock().await
    }

    /// Starts a node that was killed.
    pub(crate) async fn start_again(&self, n: usize) {
        let mut node = self.node(n).await;
        tokio::task::block_in_place(|| node.start().unwrap());
    }

    /// Redis.
    pub(crate) async fn redis(&self) -> MutexGuard<'static, RedisCluster> {
        self.engines.redis.lock().await
    }

    /// People with names of their own, registered at one node after the other.
    pub(crate) async fn people<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut people = Vec::with_capacity(N);
        for (name, api) in names.iter().zip(self.api.iter().cycle()) {
            people.push(api.register(&format!("{name}{n}")).await);
        }
        people.try_into().unwrap()
    }

    /// Two friends, and the channel between them.
    pub(crate) async fn pair(&self) -> (Person, Person, String) {
        let api = &self.api[0];
        let [a, b] = self.people(["alice", "bob"]).await;
        api.befriend(&a, &b).await;
        let channel = api.dm(&a, &b.id).await;
        (a, b, channel)
    }
}

/// So long nothing may be cut before the nodes count as together.
const QUIET: Duration = Duration::from_secs(2);

impl Cluster {
    /// Waits until sessions at all nodes hear from all nodes, and go on doing so: nodes that come together again do it one
    /// after the other, and each that has lost something cuts the sessions of the others.
    pub(crate) async fn together(&self) {
        let (alice, bob, channel) = self.pair().await;
        'anew: loop {
            let mut sockets = Vec::new();
            for api in &self.api {
                sockets.push(api.online(&bob).await);
            }
            let begun = Instant::now();
            while begun.elapsed() < QUIET {
                for api in &self.api {
                    let text = format!("{:?}", begun.elapsed());
                    api.say(&alice, &channel, &text).await;
                    for socket in &mut sockets {
                        loop {
                            let frame = socket.frame().await;
                            if frame.get("close").is_some() {
                                continue 'anew;
                            }
                            if frame["t"] == "MESSAGE_CREATE" && frame["d"]["content"] == text.as_str() {
                                break;
                            }
                        }
                    }
                }
            }
            return;
        }
    }
}

/// Reads dispatches until the texts of messages that came are these, in order, each once.
pub(crate) async fn hears(socket: &mut Socket, texts: &[String]) {
    for text in texts {
        assert_eq!(socket.event("MESSAGE_CREATE").await["content"], serde_json::json!(text));
    }
}
