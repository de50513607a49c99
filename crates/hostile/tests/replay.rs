//! What decoders promise, on every seed in `fuzz/corpus`, and on what a few changes make of the seeds.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use hostile::{FORMS, TARGETS, Target};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The most inputs that are made for each target, and the longest that they are tried.
const MADE: usize = 4000;
const MADE_FOR: Duration = Duration::from_secs(2);
/// All seeds together stay small enough to be looked through.
const SEEDS_BYTES: u64 = 512 * 1024;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn entries(folder: &Path) -> Vec<String> {
    let mut entries: Vec<String> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    entries.sort();
    entries
}

fn seeds(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = root().join("fuzz/corpus").join(target.name);
    let seeds: Vec<_> = entries(&folder)
        .into_iter()
        .map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap()))
        .collect();
    assert!(!seeds.is_empty(), "the corpus of {} is empty", target.name);
    seeds
}

/// Runs an input. A promise that it breaks is told with the input, to be put into the corpus.
fn run(target: &Target, from: &str, input: &[u8]) {
    let once = || {
        let begun = worked();
        if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_err() {
            panic!("{} broke on {from}: b\"{}\"", target.name, input.escape_ascii());
        }
        worked().saturating_sub(begun)
    };
    // The first time a page or a table may have to be fetched: what counts is the quickest of three.
    let fits = (0..3).any(|_| once() <= target.within);
    assert!(fits, "{} took longer than {:?} for {from}", target.name, target.within);
}

/// How long this thread has worked. What others do on the machine makes nothing slow by this clock.
#[cfg(target_os = "linux")]
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

#[cfg(not(target_os = "linux"))]
fn worked() -> Duration {
    static BEGUN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    BEGUN.elapsed()
}

/// Small and the same everywhere: SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below.max(1) as u64) as usize
    }
}

/// What has broken decoders before.
const PIECES: &[&[u8]] = &[
    b"null",
    b"{}",
    b"[]",
    b"\"\"",
    b"-1",
    b"0",
    b"1e999",
    b"1.5",
    b"true",
    b"18446744073709551615",
    b"18446744073709551616",
    b"9223372036854775807",
    b"9223372036854775808",
    b"\\ud800",
    b"\\u0000",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae",
    b"\xcc\x81",
    b"[[[[[[[[",
    b"]",
    b"{\"a\":",
    b"}",
    b",",
    b"\"",
    b"<@",
    b"<@&",
    b"<@!",
    b">",
    b"@everyone",
    b"\r\n",
    b"--b",
    b"--b--",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
];

fn changed(dice: &mut Dice, seeds: &[(String, Vec<u8>)]) -> (String, Vec<u8>) {
    let (name, seed) = &seeds[dice.roll(seeds.len())];
    let mut input = seed.clone();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(input.len() + 1);
        let until = (at + dice.roll(16)).min(input.len());
        match dice.roll(7) {
            0 if at < input.len() => input[at] ^= 1 << dice.roll(8),
            1 if at < input.len() => input[at] = dice.roll(256) as u8,
            2 => drop(input.drain(at..until)),
            3 => {
                let again = input[at..until].to_vec();
                input.splice(at..at, again);
            }
            4 => input.truncate(at),
            5 => {
                let (_, other) = &seeds[dice.roll(seeds.len())];
                input.truncate(at);
                input.extend(&other[dice.roll(other.len() + 1)..]);
            }
            _ => drop(input.splice(at..until, PIECES[dice.roll(PIECES.len())].iter().copied())),
        }
    }
    (format!("something made of {name}"), input)
}

fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds = seeds(target);
    for (name, input) in &seeds {
        run(target, name, input);
    }
    let mut dice = Dice(1);
    let begun = Instant::now();
    for _ in 0..MADE {
        let (from, input) = changed(&mut dice, &seeds);
        run(target, &from, &input);
        if begun.elapsed() > MADE_FOR {
            break;
        }
    }
}

macro_rules! replays {
    ($($name:ident)+) => {
        const REPLAYED: &[&str] = &[$(stringify!($name)),+];

        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })+
    };
}

replays! {
    gateway_frames rest_bodies multipart websocket permissions snowflakes timestamps mentions names images
}

#[test]
fn every_target_has_a_test_a_binary_and_a_corpus_and_nothing_else_has() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let replayed: BTreeSet<String> = REPLAYED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(replayed, targets);
    let sources = entries(&root().join("fuzz/fuzz_targets"));
    assert_eq!(
        sources.iter().map(|name| name.trim_end_matches(".rs").to_owned()).collect::<BTreeSet<_>>(),
        targets
    );
    assert_eq!(entries(&root().join("fuzz/corpus")).into_iter().collect::<BTreeSet<_>>(), targets);
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for target in &targets {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")),
            "{target} is not in fuzz/Cargo.toml"
        );
    }
}

#[test]
fn every_form_that_a_handler_reads_is_a_target() {
    fn sources(folder: &Path, all: &mut String) {
        for name in entries(folder) {
            let path = folder.join(name);
            if path.is_dir() {
                sources(&path, all);
            } else {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut routes = String::new();
    sources(&root().join("crates/http/src/routes"), &mut routes);
    let mut read = BTreeSet::new();
    for before in ["Body<", "List<"] {
        for (at, _) in routes.match_indices(before) {
            let rest = &routes[at + before.len()..];
            read.insert(rest.split(['>', ',']).next().unwrap());
        }
    }
    // A list whose items nothing looks at.
    read.remove("IgnoredAny");
    assert_eq!(FORMS.iter().copied().collect::<BTreeSet<_>>(), read);
}

#[test]
fn seeds_stay_small() {
    let folder = root().join("fuzz/corpus");
    let files = TARGETS.iter().flat_map(|target| {
        let folder = folder.join(target.name);
        entries(&folder).into_iter().map(move |name| folder.join(name))
    });
    let bytes: u64 = files.map(|file| file.metadata().unwrap().len()).sum();
    assert!(bytes <= SEEDS_BYTES, "{bytes}");
}
