//! All tests, in the order in which they tell most for the time they take, and a summary at the end.

use crate::count::{Count, Runner, count};
use crate::{needs, reference, run, tidy};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// One step of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Tidy,
    Needs,
    Format,
    Packages,
    Build,
    Lint,
    Generated,
    Deploy,
    Rust,
    Types,
    Web,
    DiscordJs,
    DiscordPy,
    Twilight,
    Serenity,
    Cluster,
    Browser,
    Chaos,
}

impl Step {
    const ALL: [Self; 18] = [
        Self::Tidy,
        Self::Needs,
        Self::Format,
        Self::Packages,
        Self::Build,
        Self::Lint,
        Self::Generated,
        Self::Deploy,
        Self::Rust,
        Self::Types,
        Self::Web,
        Self::DiscordJs,
        Self::DiscordPy,
        Self::Twilight,
        Self::Serenity,
        Self::Cluster,
        Self::Browser,
        Self::Chaos,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Tidy => "tidy",
            Self::Needs => "needs",
            Self::Format => "format",
            Self::Packages => "packages",
            Self::Build => "build",
            Self::Lint => "lint",
            Self::Generated => "generated",
            Self::Deploy => "deploy",
            Self::Rust => "rust",
            Self::Types => "web-types",
            Self::Web => "web",
            Self::DiscordJs => "discordjs",
            Self::DiscordPy => "discordpy",
            Self::Twilight => "twilight",
            Self::Serenity => "serenity",
            Self::Cluster => "cluster",
            Self::Browser => "e2e",
            Self::Chaos => "chaos",
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Tidy => "import edges, licence, no unfinished code",
            Self::Needs => "Node, npm, Chromium and the engines of many nodes, installed where possible",
            Self::Format => "cargo fmt --check",
            Self::Packages => "npm ci for the web client and for discord.js",
            Self::Build => "everything, once, in the profile of the tests",
            Self::Lint => "clippy without warnings",
            Self::Generated => "the generated pages are those that the program writes",
            Self::Deploy => "the files in deploy/ are whole and fit the program",
            Self::Rust => "cargo test --workspace",
            Self::Types => "the web client's types",
            Self::Web => "the web client's unit tests",
            Self::DiscordJs => "an unmodified discord.js bot against the binary",
            Self::DiscordPy => "an unmodified discord.py bot against the binary, where there is Python",
            Self::Twilight => "an unmodified twilight bot against the binary",
            Self::Serenity => "an unmodified serenity bot against the binary",
            Self::Cluster => "an unmodified discord.js bot on three nodes, each of which is killed once",
            Self::Browser => "two users in Chromium",
            Self::Chaos => {
                "three nodes over all engines: each fault twice under load, and what clients saw is checked"
            }
        }
    }

    /// Whether it is done when no step is asked for. Serenity's bot is not: what it brings takes minutes to compile, and its
    /// models read every event in other tests.
    const fn is_usual(self) -> bool {
        !matches!(self, Self::Serenity)
    }

    /// What must have been done before, when this step is asked for alone.
    const fn before(self) -> &'static [Self] {
        match self {
            Self::Types | Self::Web | Self::Deploy => &[Self::Packages],
            Self::Build | Self::Lint => &[Self::Needs],
            Self::Generated
            | Self::Twilight
            | Self::Serenity
            | Self::DiscordPy
            | Self::Rust
            | Self::Chaos => &[Self::Build],
            Self::DiscordJs | Self::Cluster | Self::Browser => &[Self::Packages, Self::Build],
            Self::Tidy | Self::Needs | Self::Format | Self::Packages => &[],
        }
    }
}

/// What became of a step.
struct Report {
    step: Step,
    count: Count,
    took: Duration,
    /// Why it failed before it counted anything.
    error: Option<String>,
}

/// Runs all steps, or one with what it stands on; whether all passed.
pub(crate) fn run(root: &Path, only: Option<&str>) -> Result<bool> {
    let steps = match only {
        None => Step::ALL.into_iter().filter(|step| step.is_usual()).collect(),
        Some("list") => {
            for step in Step::ALL {
                println!("{:10} {}", step.name(), step.what());
            }
            return Ok(true);
        }
        Some(name) => {
            let step = Step::ALL
                .into_iter()
                .find(|step| step.name() == name)
                .with_context(|| format!("no step is called {name}; `--only list` names them"))?;
            [step.before(), &[step]].concat()
        }
    };
    let context = Context::of(root)?;
    let mut reports: Vec<Report> = Vec::new();
    let mut left = steps.iter();
    for step in left.by_ref() {
        println!("\n== {}: {}", step.name(), step.what());
        let begun = Instant::now();
        let (count, error) = match context.run(*step) {
            Ok(count) => (count, None),
            Err(error) => (Count { passed: 0, failed: 1 }, Some(format!("{error:#}"))),
        };
        if let Some(error) = &error {
            println!("{error}");
        }
        let failed = count.failed > 0;
        reports.push(Report { step: *step, count, took: begun.elapsed(), error });
        // What follows stands on these; its failures would only hide the cause.
        if failed && matches!(step, Step::Needs | Step::Packages | Step::Build) {
            break;
        }
    }
    let not_run: Vec<&str> = left.map(|step| step.name()).collect();
    Ok(summary(&reports, &not_run))
}

fn summary(reports: &[Report], not_run: &[&str]) -> bool {
    println!("\n== summary");
    let mut sum = Count::default();
    for report in reports {
        sum += report.count;
        println!(
            "{:4} {:10} {:5} passed {:4} failed {:7.1} s{}",
            match report.count {
                Count { passed: 0, failed: 0 } => "skip",
                Count { failed: 0, .. } => "ok",
                _ => "FAIL",
            },
            report.step.name(),
            report.count.passed,
            report.count.failed,
            report.took.as_secs_f64(),
            report
                .error
                .as_ref()
                .map_or_else(String::new, |error| format!("  {}", error.lines().next().unwrap_or_default())),
        );
    }
    if !not_run.is_empty() {
        println!("not run: {}", not_run.join(", "));
    }
    let took: Duration = reports.iter().map(|report| report.took).sum();
    println!("took {} min {} s", took.as_secs() / 60, took.as_secs() % 60);
    println!("{} passed, {} failed", sum.passed, sum.failed);
    sum.failed == 0 && not_run.is_empty()
}

struct Context<'a> {
    root: &'a Path,
    target: PathBuf,
}

impl<'a> Context<'a> {
    fn of(root: &'a Path) -> Result<Self> {
        let metadata = tidy::metadata(root)?;
        let target = metadata
            .get("target_directory")
            .and_then(serde_json::Value::as_str)
            .context("cargo metadata names no target directory")?;
        Ok(Self { root, target: PathBuf::from(target) })
    }

    /// Whether a folder's packages are those of its lock file: npm writes its own list after everything else.
    fn installed(&self, folder: &str) -> bool {
        let changed =
            |file: &str| self.root.join(folder).join(file).metadata().and_then(|file| file.modified()).ok();
        let installed = changed("node_modules/.package-lock.json");
        installed.is_some() && installed >= changed("package-lock.json")
    }

    /// A binary that the build step left.
    fn built(&self, name: &str) -> Result<PathBuf> {
        let path = self.target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if !path.is_file() {
            bail!("{} was not built", path.display());
        }
        Ok(path)
    }

    fn run(&self, step: Step) -> Result<Count> {
        match step {
            Step::Tidy => {
                let complaints = tidy::check(self.root)?;
                for complaint in &complaints {
                    println!("{complaint}");
                }
                let failed = complaints.len() as u64;
                Ok(Count { passed: u64::from(failed == 0), failed })
            }
            Step::Needs => {
                let needs = needs::ensure(self.root)?;
                println!("Chromium: {}", needs.chromium.display());
                Ok(Count { passed: 1, failed: 0 })
            }
            Step::Format => self.cargo(Runner::Exit, &["fmt", "--all", "--check"]),
            Step::Packages => {
                let mut sum = Count::default();
                for folder in ["web", "compat/discordjs"] {
                    sum += if self.installed(folder) {
                        println!("{folder}: installed as its lock file says");
                        Count { passed: 1, failed: 0 }
                    } else {
                        self.npm(Runner::Exit, folder, &["ci", "--no-audit", "--no-fund"], &[])?
                    };
                }
                Ok(sum)
            }
            // All targets at once, so that tests, lints of features and the binaries that later steps start share one
            // set of compiled dependencies.
            Step::Build => self.cargo(Runner::Exit, &["build", "--workspace", "--all-targets", "--locked"]),
            Step::Lint => self.cargo(
                Runner::Exit,
                &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
            ),
            Step::Generated => {
                let stale = reference::stale(self.root, &self.built("guildhall")?)?;
                for page in &stale {
                    println!("{} is not what the program says now: run `cargo xtask gen`", page.display());
                }
                let failed = stale.len() as u64;
                Ok(Count { passed: u64::from(failed == 0), failed })
            }
            Step::Deploy => {
                let mut command = run::command("node", &["deploy/check.mjs"], self.root);
                command.env("NO_COLOR", "1");
                counted(Runner::Exit, command)
            }
            Step::Rust => self.cargo(Runner::Cargo, &["test", "--workspace", "--locked", "--no-fail-fast"]),
            Step::Types => self.npm(Runner::Exit, "web", &["run", "check"], &[]),
            Step::Web => self.npm(Runner::Vitest, "web", &["test"], &[]),
            Step::DiscordJs => {
                let binary = self.built("guildhall")?;
                self.npm(Runner::Node, "compat/discordjs", &["test"], &[("GUILDHALL_BIN", &binary)])
            }
            Step::DiscordPy => match needs::python(self.root, &self.target)? {
                Ok(python) => {
                    let binary = self.built("guildhall")?;
                    let variables = [("GUILDHALL_BIN", binary.as_path()), ("PYTHON", python.as_path())];
                    self.npm(Runner::Node, "compat/discordpy", &["test"], &variables)
                }
                Err(missing) => {
                    println!("skipped: {missing}");
                    Ok(Count::default())
                }
            },
            Step::Twilight => self.bot(&self.built("compat-twilight")?),
            Step::Serenity => self.serenity(),
            Step::Cluster => self.npm(
                Runner::Node,
                "compat/discordjs",
                &["run", "cluster"],
                &[("GUILDHALL_BIN", &self.built("guildhall")?), ("CHAOS_BIN", &self.built("chaos")?)],
            ),
            Step::Browser => {
                let binary = self.built("guildhall")?;
                let needs = needs::ensure(self.root)?;
                self.npm(
                    Runner::Playwright,
                    "web",
                    &["run", "e2e"],
                    &[
                        ("GUILDHALL_BIN", &binary),
                        ("CHROMIUM", &needs.chromium),
                        // All the accounts of the tests come from one address.
                        ("GUILDHALL_THROTTLE", Path::new("off")),
                    ],
                )
            }
            Step::Chaos => {
                let mut command = Command::new(self.built("chaos")?);
                command
                    .args(["run", "--short"])
                    .env("GUILDHALL_BIN", self.built("guildhall")?)
                    .current_dir(self.root);
                counted(Runner::Cargo, command)
            }
        }
    }

    fn cargo(&self, runner: Runner, arguments: &[&str]) -> Result<Count> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(self.root);
        counted(runner, command)
    }

    /// A bot in Rust, driven by its own binary.
    fn bot(&self, binary: &Path) -> Result<Count> {
        let mut command = Command::new(binary);
        command.env("GUILDHALL_BIN", self.built("guildhall")?).current_dir(self.root);
        counted(Runner::Cargo, command)
    }

    /// Serenity's bot is a workspace of its own: it brings a TLS library and another HTTP client.
    fn serenity(&self) -> Result<Count> {
        let target = self.target.join("serenity");
        let place = target.to_string_lossy();
        let manifest = "compat/serenity/Cargo.toml";
        let build = ["build", "--locked", "--manifest-path", manifest, "--target-dir", &*place];
        let built = self.cargo(Runner::Exit, &build)?;
        if built.failed > 0 {
            return Ok(built);
        }
        self.bot(&target.join("debug").join(format!("compat-serenity{}", std::env::consts::EXE_SUFFIX)))
    }

    fn npm(
        &self,
        runner: Runner,
        folder: &str,
        arguments: &[&str],
        variables: &[(&str, &Path)],
    ) -> Result<Count> {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let mut command = run::command(npm, arguments, &self.root.join(folder));
        command.envs(variables.iter().copied());
        counted(runner, command)
    }
}

fn counted(runner: Runner, command: Command) -> Result<Count> {
    let outcome = run::shown(command)?;
    Ok(count(runner, &outcome.said, outcome.ok))
}
