//! Which engine fills which port. The only file that names engines.

use crate::clock::{LEASE, LeasedIds, SteadyClock};
use crate::config::{Config, Engines, Switch};
use anyhow::{Context, bail};
use blobs::ObjectBlobs;
use bus_memory::{BusMemory, PresencesMemory, RatesMemory, SessionsMemory, VoiceMemory};
use bus_redis::BusRedis;
use directory_sql::DirectorySql;
use domain::secrets::{MessageKeys, Passwords};
use domain::{Policy, World};
use messages_cql::MessagesCql;
use messages_sqlite::MessagesSqlite;
use ports::Ports;
use ports::blobs::Blobs;
use ports::bus::Bus;
use ports::clock::{Clock, Ids};
use ports::directory::{Directory, Instance};
use ports::messages::Messages;
use ports::presence::Presences;
use ports::rates::Rates;
use ports::sessions::Sessions;
use ports::voice::VoiceStates;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The engines of one process, wired.
pub struct Node {
    /// What acts are functions over.
    pub world: World,
    ids: Arc<LeasedIds>,
    directory: Arc<DirectorySql>,
    store: Store,
    redis: Option<Arc<BusRedis>>,
    /// Held as long as the process uses the data folder.
    _lock: Option<FolderLock>,
}

/// The right to use a data folder, alone.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes it.
    ///
    /// # Errors
    /// Another process uses the folder; or it cannot be made.
    pub fn take(data: &Path) -> anyhow::Result<Self> {
        make_private(data)?;
        let path = data.join("guildhall.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => bail!(
                "another guildhall process is using the data folder {}: stop it first, or give this one another folder with --data",
                data.display()
            ),
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
}

/// Makes the folder, for its owner only.
fn make_private(data: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data).with_context(|| format!("cannot make the data folder {}", data.display()))
}

/// What keeps the messages.
enum Store {
    Sqlite(Arc<MessagesSqlite>),
    Cql(Arc<MessagesCql>),
}

/// What is kept.
struct Kept {
    directory: Arc<DirectorySql>,
    messages: Arc<dyn Messages>,
    blobs: Arc<dyn Blobs>,
}

/// What goes between sessions, here or between nodes.
struct Between {
    bus: Arc<dyn Bus>,
    sessions: Arc<dyn Sessions>,
    presence: Arc<dyn Presences>,
    voice: Arc<dyn VoiceStates>,
    rates: Arc<dyn Rates>,
}

impl Node {
    /// Opens the engines that the configuration asks for.
    ///
    /// # Errors
    /// What cannot be opened, in plain words.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SteadyClock::new());
        let lock = if config.ephemeral { None } else { Some(FolderLock::take(&config.data)?) };
        let engines = config.engines()?;
        let directory = Arc::new(open_directory(config, engines).await?);
        let ids = Arc::new(
            LeasedIds::lease(&*directory, clock.clone(), holder()?)
                .await
                .context("cannot lease a worker id")?,
        );
        let store = open_messages(config, engines, ids.clone(), clock.clone()).await?;
        let messages: Arc<dyn Messages> = match &store {
            Store::Sqlite(store) => store.clone(),
            Store::Cql(store) => store.clone(),
        };
        if let Some(highest) = messages.high_water().await? {
            ids.observe(highest.get());
        }
        let redis = match engines {
            Some(engines) => Some(open_bus(config, engines).await?),
            None => None,
        };
        let between = between(config, redis.as_ref(), &clock);
        let kept = Kept { directory: directory.clone(), messages, blobs: open_blobs(config)? };
        let world = world(config, kept, between, ids.clone(), clock).await?;
        Ok(Self { world, ids, directory, store, redis, _lock: lock })
    }

    /// Renews the lease of the worker id until it is lost; then nothing is minted and the process should stop.
    pub async fn keep_lease(&self) {
        loop {
            let wait = match self.ids.renew(&*self.directory).await {
                Ok(true) => LEASE / 6,
                Ok(false) => {
                    tracing::error!(
                        "the lease of the worker id has ended, and another process may hold it: nothing can be minted any more"
                    );
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the lease of the worker id could not be renewed");
                    // While another server is made the primary nobody renews for a while: then it is done at once.
                    LEASE / 30
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Returns, with the reason, when a store has stopped for good because its disk failed: whoever is asked then must
    /// not be told that anything was stored.
    pub async fn broken(&self) -> String {
        match &self.store {
            Store::Sqlite(store) => store.broken().await,
            // Its disks are the business of its servers.
            Store::Cql(_) => std::future::pending().await,
        }
    }

    /// Stores what is under way and closes the engines.
    pub async fn close(&self) {
        match &self.store {
            Store::Sqlite(store) => store.close().await,
            Store::Cql(store) => store.close().await,
        }
        // After the store: what it ends with is told.
        if let Some(redis) = &self.redis {
            redis.close().await;
        }
        if let Err(error) = self.ids.release(&*self.directory).await {
            tracing::warn!(%error, "the lease of the worker id could not be given back");
        }
        self.directory.close().await;
    }
}

async fn open_directory(config: &Config, engines: Option<Engines<'_>>) -> anyhow::Result<DirectorySql> {
    if let Some(engines) = engines {
        let options = directory_sql::Options { allow_unsafe: config.unsafe_engines, ..Default::default() };
        return DirectorySql::connect(engines.directory, options)
            .await
            .context("cannot use the directory's servers");
    }
    match config.ephemeral {
        true => DirectorySql::ephemeral().await.context("cannot make the directory"),
        false => {
            DirectorySql::open(&config.data.join("directory.db")).await.context("cannot open the directory")
        }
    }
}

async fn open_messages(
    config: &Config,
    engines: Option<Engines<'_>>,
    ids: Arc<dyn Ids>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Store> {
    if let Some(engines) = engines {
        let mut options = messages_cql::Options::from_url(engines.messages)
            .map_err(|why| anyhow::anyhow!("messages: {why}"))?;
        options.allow_unsafe |= config.unsafe_engines;
        let store = MessagesCql::connect(options, ids, clock).await;
        return Ok(Store::Cql(Arc::new(store.context("cannot use the messages' servers")?)));
    }
    let path = config.data.join("messages.db");
    let ephemeral = config.ephemeral;
    let opened = tokio::task::spawn_blocking(move || match ephemeral {
        true => MessagesSqlite::ephemeral(ids, clock),
        false => MessagesSqlite::open(&path, ids, clock),
    });
    Ok(Store::Sqlite(Arc::new(opened.await?.context("cannot open the messages")?)))
}

fn open_blobs(config: &Config) -> anyhow::Result<Arc<dyn Blobs>> {
    if config.ephemeral {
        return Ok(Arc::new(ObjectBlobs::ephemeral()));
    }
    Ok(Arc::new(ObjectBlobs::open(&config.blobs()).context("cannot use the folder of images and files")?))
}

async fn open_bus(config: &Config, engines: Engines<'_>) -> anyhow::Result<Arc<BusRedis>> {
    let options = bus_redis::Options::from_url(engines.bus).map_err(|why| anyhow::anyhow!("bus: {why}"))?;
    let options = bus_redis::Options {
        heartbeat: Duration::from_millis(config.heartbeat_ms),
        allow_unsafe: config.unsafe_engines,
        ..options
    };
    BusRedis::connect(options).await.context("cannot use the bus's servers")
}

fn between(config: &Config, redis: Option<&Arc<BusRedis>>, clock: &Arc<dyn Clock>) -> Between {
    match redis {
        Some(redis) => Between {
            bus: redis.clone(),
            sessions: redis.clone(),
            presence: redis.clone(),
            voice: redis.clone(),
            rates: redis.clone(),
        },
        None => Between {
            bus: Arc::new(BusMemory::new()),
            sessions: Arc::new(SessionsMemory),
            presence: Arc::new(PresencesMemory::new(
                clock.clone(),
                Duration::from_millis(config.heartbeat_ms),
            )),
            voice: Arc::new(VoiceMemory::new(clock.clone(), Duration::from_millis(config.heartbeat_ms))),
            rates: Arc::new(RatesMemory::new(clock.clone())),
        },
    }
}

async fn world(
    config: &Config,
    kept: Kept,
    between: Between,
    ids: Arc<dyn Ids>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<World> {
    let mut candidate = [0; 32];
    getrandom::fill(&mut candidate).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    let Kept { directory, messages, blobs } = kept;
    let secret = directory.secret("message-keys", &candidate).await?;
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).max(1);
    let directory: Arc<dyn Directory> = directory;
    let Between { bus, sessions, presence, voice, rates } = between;
    Ok(World {
        ports: Ports { directory, messages, blobs, bus, presence, voice, sessions, rates, clock, ids },
        policy: Arc::new(Policy {
            registration: config.registration(),
            throttle: config.throttle == Switch::On,
        }),
        passwords: Arc::new(Passwords::new(threads)?),
        message_keys: Arc::new(MessageKeys::new(&secret)?),
        places: Arc::default(),
    })
}

/// A name for this process that no other has.
fn holder() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
