//! Reads from what a test runner said how many tests passed and failed.

/// Passed and failed tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// How many passed.
    pub(crate) passed: u64,
    /// How many failed.
    pub(crate) failed: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// `cargo test`: `test result: ok. 3 passed; 0 failed; ...` once per binary. Our own harnesses say it so, too.
    Cargo,
    /// `vitest run`: `Tests  1 failed | 3 passed (4)`.
    Vitest,
    /// `node --test`: `ℹ pass 3` and `ℹ fail 0`.
    Node,
    /// `playwright test`: `  3 passed (1.2m)`, `  1 failed`, `  1 flaky`.
    Playwright,
    /// A command that is itself the one check.
    Exit,
}

/// Counts. A runner that failed before it counted anything counts as one failure, so that no failure hides in a sum.
pub(crate) fn count(runner: Runner, said: &str, ok: bool) -> Count {
    let plain = without_colours(said);
    let mut count = Count::default();
    for line in plain.lines().map(str::trim) {
        match runner {
            Runner::Cargo => {
                if let Some(rest) = line.strip_prefix("test result: ") {
                    count += numbers(rest);
                }
            }
            Runner::Vitest => {
                if let Some(rest) = line.strip_prefix("Tests ") {
                    count += numbers(rest);
                }
            }
            Runner::Node => {
                let rest = line.trim_start_matches(['ℹ', '#', ' ']);
                if let Some(n) = rest.strip_prefix("pass ").and_then(|n| n.trim().parse::<u64>().ok()) {
                    count.passed += n;
                }
                if let Some(n) = rest.strip_prefix("fail ").and_then(|n| n.trim().parse::<u64>().ok()) {
                    count.failed += n;
                }
            }
            Runner::Playwright => {
                if line.starts_with(|c: char| c.is_ascii_digit()) {
                    count += numbers(line);
                }
            }
            Runner::Exit => {}
        }
    }
    match (runner, ok) {
        (Runner::Exit, true) => Count { passed: 1, failed: 0 },
        (_, false) if count.failed == 0 => Count { failed: 1, ..count },
        _ => count,
    }
}

/// The numbers before `passed` and `failed`; a test that passed on its second try only is one that passed.
fn numbers(line: &str) -> Count {
    let mut count = Count::default();
    let mut last: Option<u64> = None;
    for word in line.split([' ', ';', '|']).filter(|word| !word.is_empty()) {
        match (word, last) {
            ("passed" | "flaky", Some(n)) => count.passed += n,
            ("failed", Some(n)) => count.failed += n,
            _ => {}
        }
        last = word.parse().ok();
    }
    count
}

/// Without the escape sequences that colour a terminal.
fn without_colours(said: &str) -> String {
    let mut plain = String::with_capacity(said.len());
    let mut characters = said.chars();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Count, Runner, count};

    const fn of(passed: u64, failed: u64) -> Count {
        Count { passed, failed }
    }

    #[test]
    fn adds_up_the_binaries_of_cargo() {
        let said = "running 3 tests\ntest a ... ok\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured\n\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored\n";
        assert_eq!(count(Runner::Cargo, said, false), of(4, 2));
    }

    #[test]
    fn reads_vitest_in_colour() {
        let said = "\u{1b}[2m Test Files \u{1b}[22m 2 passed (2)\n\u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | 31 passed (32)\n";
        assert_eq!(count(Runner::Vitest, said, false), of(31, 1));
    }

    #[test]
    fn reads_node() {
        assert_eq!(count(Runner::Node, "ℹ tests 9\nℹ pass 8\nℹ fail 1\nℹ duration_ms 12\n", false), of(8, 1));
    }

    #[test]
    fn reads_playwright() {
        let said = "Running 5 tests using 1 worker\n  1 failed\n    [x] › a.spec.ts:3:1 › b\n  1 flaky\n  3 passed (1.2m)\n";
        assert_eq!(count(Runner::Playwright, said, false), of(4, 1));
    }

    #[test]
    fn a_runner_that_died_is_a_failure() {
        assert_eq!(count(Runner::Cargo, "error: could not compile", false), of(0, 1));
        assert_eq!(count(Runner::Exit, "", true), of(1, 0));
        assert_eq!(count(Runner::Exit, "", false), of(0, 1));
    }
}
