//! Whether servers are set so that nothing acknowledged is lost, in words for who runs them.

use std::collections::HashMap;

/// A year: shorter limits exist to be reached one day, and then the server acknowledges without confirmation.
const LONG: u64 = 365 * 24 * 3600 * 1000;

/// The settings that are looked at.
const NAMES: &[&str] = &[
    "version",
    "read_only",
    "sync_binlog",
    "innodb_flush_log_at_trx_commit",
    "gtid_strict_mode",
    "log_slave_updates",
    "log_bin",
    "rpl_semi_sync_master_enabled",
    "rpl_semi_sync_slave_enabled",
    "rpl_semi_sync_master_wait_point",
    "rpl_semi_sync_master_timeout",
    "rpl_semi_sync_master_wait_no_slave",
];

/// Asks for all of them. Servers that do not know one leave it out.
pub(crate) fn question() -> String {
    let names: Vec<String> = NAMES.iter().map(|name| format!("'{name}'")).collect();
    format!("SHOW GLOBAL VARIABLES WHERE Variable_name IN ({})", names.join(", "))
}

/// What is wrong with a server: each line names the setting, what it is and what it must be. `grants` are the lines of
/// `SHOW GRANTS` for Guildhall's own account.
pub(crate) fn findings(host: &str, values: &HashMap<String, String>, grants: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    let value = |name: &str| values.get(name).map_or("not there", String::as_str);
    let version = value("version");
    if !version.contains("MariaDB") {
        return vec![format!("{host}: version is {version}; it must be MariaDB 10.11 or newer")];
    }
    let mut must = |name: &str, right: &[&str], be: &str| {
        let is = value(name);
        if !right.iter().any(|right| right.eq_ignore_ascii_case(is)) {
            wrong.push(format!("{host}: {name} is {is}; it must be {be}"));
        }
    };
    must("log_bin", &["ON"], "ON");
    must("log_slave_updates", &["ON"], "ON");
    must("gtid_strict_mode", &["ON"], "ON");
    must("sync_binlog", &["1"], "1");
    must("innodb_flush_log_at_trx_commit", &["1"], "1");
    // Of replicas too: one that is promoted must not begin to lose what it acknowledges.
    must("rpl_semi_sync_master_wait_point", &["AFTER_SYNC"], "AFTER_SYNC");
    must("rpl_semi_sync_master_wait_no_slave", &["ON"], "ON");
    if value("read_only") == "ON" {
        must("rpl_semi_sync_slave_enabled", &["ON"], "ON on a replica");
    } else {
        must(
            "rpl_semi_sync_master_enabled",
            &["ON"],
            "ON on the primary (a replica must have read_only = ON)",
        );
    }
    let timeout = value("rpl_semi_sync_master_timeout");
    if timeout.parse::<u64>().is_ok_and(|timeout| timeout < LONG) || timeout.parse::<u64>().is_err() {
        wrong.push(format!(
            "{host}: rpl_semi_sync_master_timeout is {timeout}; it must be 18446744073709551615 (for ever), because the server confirms alone when it is over"
        ));
    }
    for right in ["SUPER", "READ_ONLY ADMIN", "READ ONLY ADMIN", "ALL PRIVILEGES"] {
        let global = |grant: &&String| {
            grant.split_once(" ON *.* ").is_some_and(|(rights, _)| {
                rights.trim_start_matches("GRANT ").split(", ").any(|held| held == right)
            })
        };
        if grants.iter().find(global).is_some() {
            wrong.push(format!(
                "{host}: Guildhall's account has {right} on *.*; it must not, because it could write to a server that is read-only"
            ));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(read_only: &str) -> HashMap<String, String> {
        [
            ("version", "10.11.6-MariaDB-log"),
            ("read_only", read_only),
            ("sync_binlog", "1"),
            ("innodb_flush_log_at_trx_commit", "1"),
            ("gtid_strict_mode", "ON"),
            ("log_slave_updates", "ON"),
            ("log_bin", "ON"),
            ("rpl_semi_sync_master_enabled", if read_only == "ON" { "OFF" } else { "ON" }),
            ("rpl_semi_sync_slave_enabled", read_only),
            ("rpl_semi_sync_master_wait_point", "AFTER_SYNC"),
            ("rpl_semi_sync_master_timeout", "18446744073709551615"),
            ("rpl_semi_sync_master_wait_no_slave", "ON"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn safe_settings_pass_and_each_unsafe_one_is_named_with_what_it_must_be() {
        let grants = ["GRANT SLAVE MONITOR ON *.* TO `g`@`%`", "GRANT ALL PRIVILEGES ON `g`.* TO `g`@`%`"];
        let grants: Vec<String> = grants.map(str::to_owned).into();
        for read_only in ["ON", "OFF"] {
            assert_eq!(findings("a:1", &safe(read_only), &grants), Vec::<String>::new());
        }
        for (name, bad) in [
            ("sync_binlog", "0"),
            ("innodb_flush_log_at_trx_commit", "2"),
            ("gtid_strict_mode", "OFF"),
            ("log_slave_updates", "OFF"),
            ("log_bin", "OFF"),
            ("rpl_semi_sync_master_enabled", "OFF"),
            ("rpl_semi_sync_master_wait_point", "AFTER_COMMIT"),
            ("rpl_semi_sync_master_timeout", "10000"),
            ("rpl_semi_sync_master_wait_no_slave", "OFF"),
        ] {
            let mut values = safe("OFF");
            values.insert(name.to_owned(), bad.to_owned());
            let wrong = findings("a:1", &values, &grants);
            assert_eq!(wrong.len(), 1, "{name}");
            assert!(wrong.iter().all(|line| line.starts_with(&format!("a:1: {name} is {bad}; it must be "))));
            values.remove(name);
            assert!(
                findings("a:1", &values, &grants).iter().any(|line| line.contains("not there")),
                "{name}"
            );
        }
        let mut replica = safe("ON");
        replica.insert("rpl_semi_sync_slave_enabled".into(), "OFF".into());
        assert_eq!(findings("a:1", &replica, &grants).len(), 1);
        let root = ["GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION".to_owned()];
        assert_eq!(findings("a:1", &safe("OFF"), &root).len(), 1);
    }
}
