//! The `approve` program: what a run found becomes the baselines that somebody accepted.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    process,
};

use clap::Parser;
use harness_baseline::Store;
use harness_model::ExitCode;
use reports_approve::{ApproveError, Desk, graphics::Graphics, planned, rename::renamed, server::Server, terminal};

/// Accepts or refuses what the last run found. Baselines are written only from pictures whose page had settled, and each
/// keeps beside it who accepted it and why.
///
/// Without names, in a terminal, it asks about each group of pictures that changed in the same ways.
#[derive(Parser)]
#[command(
    name = "approve",
    bin_name = "cargo xtask approve",
    after_help = "Examples:\n  \
        cargo xtask approve                              ask about each group\n  \
        cargo xtask approve --serve                      the same in the browser, with the pictures\n  \
        cargo xtask approve --group 1 --reason 'new padding'\n  \
        cargo xtask approve 'home/*/anna-*' todo/list/ben-mobile\n  \
        cargo xtask approve --prune                      name baselines that no flow asks for; --yes removes them\n  \
        cargo xtask approve --rename home/start home/dashboard\n  \
        cargo xtask approve --upload                     move pictures to the store that snapshots/.store.toml names\n\n\
        Exit codes: 0 done, 1 some pictures were left as they were or a file failed, 2 wrong name, flag or folder."
)]
struct Cli {
    /// Pictures to accept, by name or pattern: `*` within a part of a name, `**` across parts
    patterns: Vec<String>,
    /// Accept every picture of this group
    #[arg(long, value_name = "N")]
    group: Vec<usize>,
    /// Refuse instead of accept
    #[arg(long)]
    refuse: bool,
    /// Why, kept beside the baselines
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Name the groups and pictures that need a look, and change nothing
    #[arg(long, conflicts_with_all = ["patterns", "group", "serve", "prune"])]
    list: bool,
    /// Review in the browser
    #[arg(long, conflicts_with_all = ["patterns", "group", "prune"])]
    serve: bool,
    /// The port to serve on; a free one by default
    #[arg(long, default_value_t = 0, requires = "serve")]
    port: u16,
    /// Name the baselines that no flow asks for
    #[arg(long, conflicts_with_all = ["patterns", "group"])]
    prune: bool,
    /// With --prune: remove them
    #[arg(long, requires = "prune")]
    yes: bool,
    /// Give baselines another name: of a flow, a flow/step or a whole name
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["patterns", "group", "list", "serve", "prune"])]
    rename: Vec<String>,
    /// Move the pictures of all baselines to the object store that `.store.toml` in their folder names
    #[arg(long, conflicts_with_all = ["patterns", "group", "list", "serve", "prune", "rename"])]
    upload: bool,
    /// The folder of the run
    #[arg(long, env = "VISUAL_OUTPUT", default_value = "target/visual")]
    run: PathBuf,
    /// The folder of the baselines
    #[arg(long, default_value = "snapshots")]
    snapshots: PathBuf,
    /// The command that lists all pictures there are, for --prune
    #[arg(long, value_name = "COMMAND", default_value = "cargo test --quiet -p flows -- --list")]
    list_command: String,
}

fn main() -> process::ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::BadConfig.into()
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode, ApproveError> {
    let ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    let writes = !cli.list && (!cli.prune || cli.yes);
    if ci && writes {
        return Err(ApproveError::Ci);
    }
    if cli.prune {
        return prune(cli);
    }
    if cli.upload {
        let moved = Store::open(&cli.snapshots)?.upload()?;
        println!("moved {} pictures; commit {}", moved.len(), cli.snapshots.display());
        return Ok(ExitCode::Success);
    }
    if let [from, to] = cli.rename.as_slice() {
        for (old, new) in renamed(&Store::open(&cli.snapshots)?, from, to)? {
            println!("{old} is {new}");
        }
        return Ok(ExitCode::Success);
    }
    let mut desk = Desk::open(&cli.run, &cli.snapshots)?;
    if cli.list {
        list(&desk);
        return Ok(ExitCode::Success);
    }
    if cli.serve {
        return serve(desk, cli.port);
    }
    if cli.patterns.is_empty() && cli.group.is_empty() {
        if desk.open_pictures().next().is_none() {
            println!("nothing needs a look");
        } else if io::stdin().is_terminal() {
            let graphics = match io::stdout().is_terminal() {
                true => Graphics::of(|name| std::env::var(name).ok()),
                false => Graphics::None,
            };
            terminal::review(&mut desk, io::stdin().lock(), io::stdout(), graphics)?;
        } else {
            list(&desk);
            eprintln!("help: name pictures or a --group; without, this asks in a terminal");
            return Ok(ExitCode::BadConfig);
        }
        return Ok(ExitCode::Success);
    }
    let mut keys = desk.fitting(&cli.patterns)?;
    for group in &cli.group {
        keys.extend(desk.in_group(*group)?);
    }
    keys.sort();
    keys.dedup();
    let (done, outcome) = if cli.refuse {
        ("refused", desk.refuse(&keys, &cli.reason)?)
    } else {
        ("accepted", desk.accept(&keys, &cli.reason)?)
    };
    said(terminal::tell(&mut io::stdout(), done, &outcome))?;
    Ok(if outcome.left.is_empty() { ExitCode::Success } else { ExitCode::Internal })
}

fn said(result: io::Result<()>) -> Result<(), ApproveError> {
    result.map_err(|source| ApproveError::File { action: "write to", path: "the terminal".into(), source })
}

fn list(desk: &Desk) {
    for (at, group) in desk.groups().iter().enumerate() {
        println!("group {}: {} ({})", at + 1, reports_render::visible(&group.what), group.extent);
        for key in &group.keys {
            let decided = desk.decided().get(key).map(|decided| format!("  {:?} by {}", decided.decision, decided.who));
            println!("  {key}{}", decided.unwrap_or_default().to_lowercase());
        }
    }
    println!("{} to look at", desk.open_pictures().count());
}

fn prune(cli: &Cli) -> Result<ExitCode, ApproveError> {
    let planned = planned::keys(&cli.list_command)?;
    let store = Store::open(&cli.snapshots)?;
    let orphans = store.orphans(&planned)?;
    for key in &orphans {
        if cli.yes {
            store.remove(key)?;
        }
        println!("{} {key}", if cli.yes { "removed" } else { "no flow asks for" });
    }
    for path in store.keys()?.unknown {
        println!("no baseline, left alone: {}", path.display());
    }
    let help = if orphans.is_empty() || cli.yes { "" } else { "; --yes removes them" };
    println!("{} of {} baselines are not asked for{help}", orphans.len(), planned.len() + orphans.len());
    Ok(ExitCode::Success)
}

fn serve(desk: Desk, port: u16) -> Result<ExitCode, ApproveError> {
    let failed = |source| ApproveError::Listen { address: format!("127.0.0.1:{port}"), source };
    let runtime = tokio::runtime::Runtime::new().map_err(failed)?;
    runtime.block_on(async {
        let server = Server::bind(desk, port).await?;
        println!("review at {}\nCtrl-C ends it; what was decided stays decided", server.url());
        server
            .run(async {
                // Where signals cannot be had, the process ends as any other does.
                let _ended = tokio::signal::ctrl_c().await;
            })
            .await
    })?;
    Ok(ExitCode::Success)
}
