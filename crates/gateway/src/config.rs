//! What the operator may turn. The defaults are the promises of `promises.md` and the protocol.

use std::net::IpAddr;
use std::time::Duration;

/// The gateway's limits and times.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// The server's own URL, as clients know it (`https://chat.example`). `None`: what each client's own `Host` header
    /// says, so that a server that nobody configured works under every name it is reached by.
    pub public_url: Option<String>,
    /// Reverse proxies whose word counts on where a client is and whether it came by TLS.
    pub trusted_proxies: Vec<IpAddr>,
    /// How often clients must show that they are there. One and a half of it without a heartbeat cuts the socket.
    pub heartbeat: Duration,
    /// How long a connection may wait with IDENTIFY or RESUME.
    pub identify_within: Duration,
    /// The same once more than [`Self::crowd`] connections wait.
    pub identify_within_crowded: Duration,
    /// How many waiting connections are a crowd.
    pub crowd: usize,
    /// How long a session without a socket can be resumed.
    pub resumable_for: Duration,
    /// How long a session without a socket still shows its user as online.
    pub presence_for: Duration,
    /// How long a client may take nothing of what it is sent before it is cut.
    pub stalled_for: Duration,
    /// Over how long a shutdown spreads op 7.
    pub restart_spread: Duration,
    /// How long a shutdown lets clients go by themselves after op 7.
    pub restart_grace: Duration,
    /// Connections at once; more are answered 503. Each needs a file descriptor: the server knows how many there are.
    pub connections: usize,
    /// Connections that wait with IDENTIFY, of one address; more are answered 429. Loopback is exempt: it is a reverse
    /// proxy that did not say for whom, or the operator.
    pub waiting_per_address: usize,
    /// IDENTIFYs that are worked on at once. The others wait for their turn, while RESUMEs, which are cheap, pass.
    pub identifies_at_once: usize,
    /// IDENTIFYs of one account (bots: of one shard) in five seconds; more are answered op 9.
    pub identifies_per_account: u32,
    /// Frames that a client may send in a minute.
    pub sends_per_minute: u32,
    /// Sessions of one user (bots: of one shard).
    pub sessions_per_user: usize,
    /// Bytes of events kept for resumes and slow readers, over all sessions; the oldest go first.
    pub memory: usize,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            public_url: None,
            trusted_proxies: Vec::new(),
            heartbeat: Duration::from_millis(41_250),
            identify_within: Duration::from_secs(30),
            identify_within_crowded: Duration::from_secs(10),
            crowd: 1_000,
            resumable_for: Duration::from_secs(300),
            presence_for: Duration::from_secs(120),
            stalled_for: Duration::from_secs(30),
            restart_spread: Duration::ZERO,
            restart_grace: Duration::from_secs(2),
            connections: 200_000,
            waiting_per_address: 20,
            identifies_at_once: 64,
            identifies_per_account: 16,
            sends_per_minute: 120,
            sessions_per_user: model::limits::SESSIONS,
            memory: 256 << 20,
        }
    }
}

impl GatewayConfig {
    /// How long after its last heartbeat a client is cut.
    pub(crate) fn dead_after(&self) -> Duration {
        self.heartbeat + self.heartbeat / 2
    }
}
