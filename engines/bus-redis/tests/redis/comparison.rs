//! A stream for each node against sharded publish and subscribe: the figures of ADR 8.
//!
//! `cargo test -p bus-redis --test redis comparison -- --ignored --nocapture`

use redis::{ConnectionLike as _, Value};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use testbed::redis::RedisCluster;

const NODES: usize = 3;
const BODY: usize = 600;
const WINDOW: u64 = 64;
const MANY: u64 = 60_000;
const PACED: u64 = 3_000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Streams,
    PublishSubscribe,
}

fn connect(cluster: &RedisCluster, key: &str) -> redis::Connection {
    let n = cluster.master_of(key).unwrap();
    redis::Client::open(format!("redis://{}", cluster.addresses()[n])).unwrap().get_connection().unwrap()
}

/// Body of an event that says when it was handed over.
fn body(begun: Instant) -> Vec<u8> {
    let mut body = u64::try_from(begun.elapsed().as_nanos()).unwrap().to_le_bytes().to_vec();
    body.resize(BODY, b'x');
    body
}

/// Sends the delay of every hand-over that arrives.
fn receive(way: Way, mut link: redis::Connection, key: &str, begun: Instant, delays: &mpsc::Sender<u64>) {
    let delay = |bytes: &[u8]| {
        let sent = u64::from_le_bytes(bytes[..8].try_into().unwrap());
        u64::try_from(begun.elapsed().as_nanos()).unwrap() - sent
    };
    if way == Way::PublishSubscribe {
        link.send_packed_command(&redis::cmd("SSUBSCRIBE").arg(key).get_packed_command()).unwrap();
        loop {
            let Ok(value) = link.recv_response() else { return };
            let parts = match value {
                Value::Array(parts) => parts,
                Value::Push { data, .. } => data,
                _ => continue,
            };
            if let Some(Value::BulkString(bytes)) = parts.last()
                && bytes.len() == BODY
                && delays.send(delay(bytes)).is_err()
            {
                return;
            }
        }
    }
    let mut at = "0-0".to_owned();
    loop {
        let mut read = redis::cmd("XREAD");
        read.arg("COUNT").arg(512).arg("BLOCK").arg(500).arg("STREAMS").arg(key).arg(&at);
        let Ok(value) = link.req_command(&read) else { return };
        let Value::Array(streams) = value else { continue };
        let Value::Array(stream) = &streams[0] else { continue };
        let Value::Array(entries) = &stream[1] else { continue };
        for entry in entries {
            let Value::Array(parts) = entry else { continue };
            let Value::BulkString(id) = &parts[0] else { continue };
            at = String::from_utf8_lossy(id).into_owned();
            let Value::Array(fields) = &parts[1] else { continue };
            if let Value::BulkString(bytes) = &fields[1]
                && bytes.len() == BODY
                && delays.send(delay(bytes)).is_err()
            {
                return;
            }
        }
    }
}

fn hand_over(way: Way, key: &str, body: &[u8]) -> redis::Cmd {
    let mut command = redis::cmd(if way == Way::Streams { "XADD" } else { "SPUBLISH" });
    command.arg(key);
    if way == Way::Streams {
        command.arg("NOMKSTREAM").arg("MAXLEN").arg("~").arg(100_000).arg("*").arg("e");
    }
    command.arg(body);
    command
}

fn figure(cluster: &RedisCluster, section: &str, names: &[&str]) -> f64 {
    let members = 0..cluster.addresses().len();
    let told: String = members.map(|n| cluster.cli(n, &["info", section]).unwrap()).collect();
    let values = told.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        names.contains(&name).then(|| value.trim().parse::<f64>().unwrap())
    });
    values.sum()
}

fn measure(cluster: &RedisCluster, way: Way, run: u32) {
    let begun = Instant::now();
    let (delays, arrived) = mpsc::channel();
    let keys: Vec<String> = (0..NODES).map(|n| format!("{way:?}{run}{n}")).collect();
    for key in &keys {
        if way == Way::Streams {
            let mut link = connect(cluster, key);
            link.req_command(redis::cmd("XADD").arg(key).arg("*").arg("e").arg("begun")).unwrap();
        }
        let (link, key, delays) = (connect(cluster, key), key.clone(), delays.clone());
        std::thread::spawn(move || receive(way, link, &key, begun, &delays));
    }
    std::thread::sleep(Duration::from_millis(500));
    let mut links: Vec<redis::Connection> = keys.iter().map(|key| connect(cluster, key)).collect();
    let cpu = || figure(cluster, "cpu", &["used_cpu_user", "used_cpu_sys"]);
    let memory = || figure(cluster, "memory", &["used_memory"]);
    let (cpu_before, memory_before, started) = (cpu(), memory(), Instant::now());
    for round in 0..MANY / WINDOW {
        let place = usize::try_from(round).unwrap() % NODES;
        let mut pipeline = redis::pipe();
        for _ in 0..WINDOW {
            pipeline.add_command(hand_over(way, &keys[place], &body(begun)));
        }
        let _: Vec<Value> = pipeline.query(&mut links[place]).unwrap();
    }
    let many = MANY / WINDOW * WINDOW;
    for _ in 0..many {
        arrived.recv_timeout(Duration::from_secs(20)).unwrap();
    }
    let per_second = many as f64 / started.elapsed().as_secs_f64();
    let cpu_per_million = (cpu() - cpu_before) / many as f64 * 1e6;
    let kept = (memory() - memory_before) / many as f64;
    let mut paced = Vec::new();
    for n in 0..PACED {
        let place = usize::try_from(n).unwrap() % NODES;
        links[place].req_command(&hand_over(way, &keys[place], &body(begun))).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    for _ in 0..PACED {
        paced.push(arrived.recv_timeout(Duration::from_secs(20)).unwrap() as f64 / 1e6);
    }
    paced.sort_by(f64::total_cmp);
    let at = |share: f64| paced[(paced.len() as f64 * share) as usize];
    println!(
        "{way:?}: {per_second:.0} hand-overs/s, delay at 1,000/s p50 {:.2} ms, p99 {:.2} ms, {cpu_per_million:.1} CPU-s of six \
         members per million, {kept:.0} bytes kept per hand-over (six members)",
        at(0.5),
        at(0.99),
    );
}

#[test]
#[ignore = "measures; run it by name"]
fn comparison_of_streams_with_publish_and_subscribe() {
    let cluster = RedisCluster::start().unwrap();
    for run in 0..2 {
        measure(&cluster, Way::PublishSubscribe, run);
        measure(&cluster, Way::Streams, run);
    }
    // What a route costs: one user on one node, on three.
    let n = cluster.master_of("gh:r:1a2b3c4d5e6f").unwrap();
    let mut link =
        redis::Client::open(format!("redis://{}", cluster.addresses()[n])).unwrap().get_connection().unwrap();
    for nodes in [1u64, 3] {
        for node in 0..nodes {
            let stream = (u64::MAX / 3 + node).to_le_bytes();
            let mut add = redis::cmd("ZADD");
            add.arg("gh:r:1a2b3c4d5e6f").arg(1_790_000_000_000u64).arg(&stream[..]);
            link.req_command(&add).unwrap();
        }
        link.req_command(redis::cmd("PEXPIRE").arg("gh:r:1a2b3c4d5e6f").arg(180_000)).unwrap();
        let bytes = cluster.cli(n, &["memory", "usage", "gh:r:1a2b3c4d5e6f"]).unwrap();
        println!("a route of one user to {nodes} node(s): {} bytes", bytes.trim());
    }
}
