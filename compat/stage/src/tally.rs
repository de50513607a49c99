//! What passed and what failed, reported as cargo's test runner does.

use anyhow::Result;

/// The count so far.
#[derive(Debug, Default)]
pub struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Notes what became of a scenario.
    pub fn note(&mut self, name: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("test {name} ... ok");
            }
            Err(error) => {
                self.failed += 1;
                println!("test {name} ... FAILED\n  {error:#}");
            }
        }
    }

    /// Says it; how many failed.
    pub fn report(self) -> usize {
        let word = if self.failed == 0 { "ok" } else { "FAILED" };
        println!("\ntest result: {word}. {} passed; {} failed", self.passed, self.failed);
        self.failed
    }
}
