//! HAProxy before the nodes, set up as `docs/guides/scale-out.md` says: gateways by consistent hashing of where a client
//! comes from, so that few move when a node comes or goes, and REST by turns.

use crate::process::{Process, program, wait_for};
use anyhow::Result;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A running balancer.
#[derive(Debug)]
pub struct Haproxy {
    address: SocketAddr,
    process: Process,
}

impl Haproxy {
    /// Starts it before these nodes, with its configuration and log in `folder`.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub fn start(folder: &Path, listen: SocketAddr, nodes: &[SocketAddr]) -> Result<Self> {
        let binary = program("haproxy", "haproxy")?;
        std::fs::create_dir_all(folder)?;
        let file = folder.join("haproxy.cfg");
        std::fs::write(&file, configuration(listen, nodes))?;
        let mut command = Command::new(binary);
        // In the foreground, as a child that ends with us.
        command.arg("-db").arg("-f").arg(&file);
        let mut process = Process::start("haproxy", command, &folder.join("haproxy.log"))?;
        wait_for(Duration::from_secs(10), "haproxy to listen", || {
            if !process.runs() {
                anyhow::bail!("haproxy ended:\n{}", process.said());
            }
            Ok(TcpStream::connect_timeout(&listen, Duration::from_millis(200)).ok().map(drop))
        })?;
        Ok(Self { address: listen, process })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }
}

fn configuration(listen: SocketAddr, nodes: &[SocketAddr]) -> String {
    let servers = |more: &str| {
        let lines = nodes.iter().enumerate();
        lines.map(|(n, node)| format!("    server node{} {node}{more}\n", n + 1)).collect::<String>()
    };
    let health = "    option httpchk GET /readyz\n    http-check expect status 200\n    default-server check inter 500ms fastinter 200ms downinter 300ms fall 2 rise 1\n";
    format!(
        "global\n    maxconn 4000\n    hard-stop-after 5s\n\n\
         defaults\n    mode http\n    timeout connect 1s\n    timeout client 75s\n    timeout server 75s\n    timeout tunnel 1h\n    timeout check 1s\n    option redispatch\n    retries 2\n\n\
         frontend guildhall\n    bind {listen}\n    option forwardfor\n    use_backend gateway if {{ path_beg /gateway }}\n    default_backend rest\n\n\
         backend gateway\n    balance source\n    hash-type consistent\n{health}{}\n\
         backend rest\n    balance roundrobin\n{health}{}",
        servers(" on-marked-down shutdown-sessions"),
        servers(""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_stick_and_rest_takes_turns() {
        let nodes = ["127.0.0.11:8080".parse().unwrap(), "127.0.0.12:8080".parse().unwrap()];
        let text = configuration("127.0.0.1:8000".parse().unwrap(), &nodes);
        let (gateway, rest) = text.split_once("\nbackend rest").unwrap();
        assert!(gateway.contains("balance source\n    hash-type consistent"), "{text}");
        assert!(
            rest.contains("balance roundrobin") && rest.contains("server node2 127.0.0.12:8080"),
            "{text}"
        );
    }

    #[test]
    fn it_starts_and_answers_that_no_node_is_there() {
        let Ok(_) = program("haproxy", "haproxy") else {
            assert!(std::env::var_os("CI").is_none(), "haproxy is missing");
            eprintln!("skipped: haproxy is not installed");
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = crate::process::free_port(&["127.0.0.1".parse().unwrap()]).unwrap();
        let listen = SocketAddr::from(([127, 0, 0, 1], port));
        let proxy = Haproxy::start(folder.path(), listen, &["127.0.0.11:1".parse().unwrap()]).unwrap();
        assert_eq!(proxy.address(), listen);
    }
}
