//! From two files to a verdict and a picture of the difference: whole processes, from start to end.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::Context as _;

use crate::{
    Plan,
    encode::Packing,
    measure::{self, Figure, Run, alternating},
    memory,
    pairs::{self, Base, Change, SIZES},
    peers::Peers,
    report::{Report, Row, Target},
};

const SUBJECT: &str = "files";
const MEMORY: &str = "memory";
const OURS: &str = "visual diff";
/// Equal files are to be told in less, in ms.
const EQUAL_MS: f64 = 5.0;
/// Every other pair in at most this share of a peer's time.
const OF_A_PEER: f64 = 0.5;
/// With less memory than this.
const PEAK_MIB: f64 = 160.0;

/// The files of a pair.
struct Files {
    expected: PathBuf,
    actual: PathBuf,
    out: PathBuf,
}

pub(crate) fn measure(
    plan: &Plan,
    visual: &Path,
    peers: &Peers,
    folder: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for size in SIZES {
        let wanted = |change: &Change| plan.wants(&format!("{SUBJECT} {}", pairs::name(size, *change)));
        let changes: Vec<_> = Change::ALL.into_iter().filter(wanted).collect();
        if changes.is_empty() {
            continue;
        }
        let base = Base::draw(size);
        let expected = base.pixels.png(Packing::Browser);
        for change in changes {
            let files = written(folder, &expected, &base, change)?;
            for row in pair(plan, size, change, visual, peers, &files)? {
                eprintln!("{row}");
                report.rows.push(row);
            }
        }
    }
    Ok(())
}

fn written(folder: &Path, expected: &[u8], base: &Base, change: Change) -> anyhow::Result<Files> {
    let files = Files {
        expected: folder.join("expected.png"),
        actual: folder.join("actual.png"),
        out: folder.join("diff.png"),
    };
    let actual = match change {
        Change::Same => expected.to_vec(),
        change => base.changed(change).png(pairs::packing(change)),
    };
    for (path, bytes) in [(&files.expected, expected), (&files.actual, &actual)] {
        fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(files)
}

fn pair(
    plan: &Plan,
    size: (usize, usize),
    change: Change,
    visual: &Path,
    peers: &Peers,
    files: &Files,
) -> anyhow::Result<Vec<Row>> {
    let mut commands = vec![(OURS, visual.to_owned(), ours(files))];
    commands.extend(peers.commands(&files.expected, &files.actual, &files.out, change == Change::Taller));
    let runs = commands.iter().map(|(engine, program, arguments)| {
        let run: Run<'_> = Box::new(move || {
            // Whoever finds a file replaces it, which is quicker than to make one.
            let _absent = fs::remove_file(&files.out);
            whole_process(program, arguments)
        });
        (*engine, run)
    });
    let figures = alternating(plan.rounds, runs.collect())?;
    let own = measure::of(&figures, OURS).unwrap_or(f64::NAN);
    let mut targets: Vec<_> = figures
        .iter()
        .filter(|figure| figure.engine != OURS)
        .map(|peer| Target::at_most(own, OF_A_PEER * peer.value, &format!("{OF_A_PEER} × {}", peer.engine)))
        .collect();
    if change == Change::Same {
        targets.push(Target::at_most(own, EQUAL_MS, &format!("{EQUAL_MS} ms")));
    }
    let case = pairs::name(size, change);
    let mut peaks = Vec::new();
    for (engine, program, arguments) in &commands {
        peaks.push(Figure { engine, value: memory::peak_mib(program, arguments)? });
    }
    let peak = measure::of(&peaks, OURS).unwrap_or(f64::NAN);
    let within = vec![Target::at_most(peak, PEAK_MIB, &format!("{PEAK_MIB} MiB"))];
    Ok(vec![
        Row { subject: SUBJECT, case: case.clone(), unit: "ms", figures, targets },
        Row { subject: MEMORY, case, unit: "MiB", figures: peaks, targets: within },
    ])
}

fn ours(files: &Files) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    vec!["diff".into(), path(&files.expected), path(&files.actual), "--out".into(), path(&files.out)]
}

fn whole_process(program: &Path, arguments: &[String]) -> anyhow::Result<std::time::Duration> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let status = command.status().with_context(|| format!("cannot run {}", program.display()))?;
    let took = began.elapsed();
    anyhow::ensure!(status.code().is_some(), "{} was killed ({status})", program.display());
    Ok(took)
}
