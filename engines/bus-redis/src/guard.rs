//! Whether the cluster is set up so that Guildhall can stand on it.

use crate::cluster::{Cluster, text};
use redis::Cmd;

/// What is wrong with the cluster, in words for its operator.
pub(crate) async fn findings(cluster: &Cluster) -> Vec<String> {
    let masters = cluster.masters();
    if masters.is_empty() {
        return vec![
            "no member answers with a map of the cluster: is it a Redis Cluster, and was it created?".into(),
        ];
    }
    let mut findings = Vec::new();
    for master in masters {
        let commands = [&["INFO", "server"][..], &["CLUSTER", "INFO"], &["INFO", "memory"]].map(|parts| {
            let mut command = Cmd::new();
            parts.iter().for_each(|part| {
                command.arg(*part);
            });
            command
        });
        let answers = match cluster.ask(&master, &commands).await {
            Ok(answers) => answers,
            Err(fault) => {
                findings.push(format!("master {master} does not answer: {fault}"));
                continue;
            }
        };
        let told: String =
            answers.into_iter().filter_map(|answer| text(&answer.ok()?)).collect::<Vec<_>>().join("\n");
        findings.extend(judge(&master, &told));
    }
    findings
}

fn judge(master: &str, told: &str) -> Vec<String> {
    let field = |name: &str| {
        told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map_or("", str::trim)
    };
    let mut findings = Vec::new();
    let version = field("redis_version");
    let major: u32 = version.split('.').next().unwrap_or_default().parse().unwrap_or(0);
    if major < 7 {
        findings.push(format!("master {master} runs Redis {version}; 7.0 or later is needed"));
    }
    let state = field("cluster_state");
    if state != "ok" {
        findings.push(format!("master {master} says that the cluster's state is \"{state}\", not \"ok\""));
    }
    let policy = field("maxmemory_policy");
    if field("maxmemory") != "0" && policy != "noeviction" {
        findings.push(format!(
            "master {master} throws keys away when its memory is full (maxmemory-policy {policy}): set it to noeviction"
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn everything_that_is_wrong_is_told() {
        let good = "redis_version:7.0.15\r\ncluster_state:ok\r\nmaxmemory:67108864\r\nmaxmemory_policy:noeviction\r\n";
        assert_eq!(judge("a:1", good), Vec::<String>::new());
        let unlimited =
            "redis_version:8.2\r\ncluster_state:ok\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n";
        assert_eq!(judge("a:1", unlimited), Vec::<String>::new());
        let bad =
            "redis_version:6.2\r\ncluster_state:fail\r\nmaxmemory:1\r\nmaxmemory_policy:allkeys-lru\r\n";
        assert_eq!(judge("a:1", bad).len(), 3);
    }
}
