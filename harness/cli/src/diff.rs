//! `visual diff`: compares two PNG files, says what differs, and draws it when asked.
//!
//! The rows of both files are unpacked side by side in one thread. Decoding the two as a whole in a thread each was
//! measured too (1081×2470, everything differs): 43 ms of processor time against 17, so that even two idle cores lose.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use harness_compare::{CompareError, Gate, MAX_PIXELS, Options, Outcome, compare_png, diff_picture, verdict};
use harness_model::{Alignment, Comparison, Region, VerdictName};
use serde::Serialize;

use crate::error::CliError;

/// Exit code: the pictures differ by more than the gate lets pass.
const CHANGED: u8 = 1;
/// Exit code: the pictures have different sizes.
const SIZE_CHANGED: u8 = 2;
/// Exit code: the arguments are wrong.
pub(crate) const WRONG_ARGUMENTS: u8 = 3;
/// Exit code: a file cannot be read.
const UNREADABLE: u8 = 4;
/// Exit code: a file is no PNG that can be compared.
const NO_PICTURE: u8 = 5;
/// Exit code: the difference picture or the result cannot be written.
const UNWRITABLE: u8 = 6;

/// No PNG of [`MAX_PIXELS`] is larger, not even one that is not packed at all and has 16 bits a sample.
const BYTES_MAX: u64 = MAX_PIXELS * 8 + MAX_PIXELS / 8;

/// Compares two PNG files.
///
/// A pixel differs when its colour lies further away than the threshold and it is not merely a smoothed edge: the rule of
/// pixelmatch. The verdict is that of a run: identical, passed (scattered pixels, at most 0.2 %), passed_with_change
/// (below 0.2 %, but together, or an area of another shade below the threshold), changed, size_changed. Where rows that only one picture has explain most of the
/// difference, they are told first, and only what else differs is drawn red. Samples of 16 bits are compared by their upper eight.
#[derive(Args)]
#[command(after_help = "Exit codes:
  0  identical, passed or passed_with_change
  1  changed
  2  size_changed
  3  wrong arguments
  4  a file cannot be read
  5  a file is no PNG that can be compared: damaged, cut off, animated, or too large
  6  the result or the difference picture cannot be written")]
pub(crate) struct Arguments {
    /// The picture as it should be
    expected: PathBuf,
    /// The picture as it is
    actual: PathBuf,
    /// How far two colours may lie apart before a pixel differs, from 0 to 1
    #[arg(long, default_value_t = Options::default().threshold, value_parser = threshold)]
    threshold: f64,
    /// Print {"verdict","diff_pixels","ratio","regions":[{"x","y","w","h","pixels"}]} instead of a sentence; a region below
    /// the threshold has "faint":true, and there is "alignment":{"blocks":[{"change","y","rows"}],"diff_pixels"} where rows
    /// were inserted or removed
    #[arg(long)]
    json: bool,
    /// Draw where the pictures differ into this PNG; not written when every pixel is equal
    #[arg(long, value_name = "PNG")]
    out: Option<PathBuf>,
}

fn threshold(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

/// The result for programs, in the words of `run.json`.
#[derive(Serialize)]
struct Told<'a> {
    verdict: VerdictName,
    diff_pixels: u64,
    ratio: f64,
    regions: &'a [Region],
    #[serde(skip_serializing_if = "Option::is_none")]
    alignment: Option<&'a Alignment>,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match compared(arguments) {
        Ok(verdict) => exit_code(verdict),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error_code(&error))
        }
    }
}

fn compared(arguments: &Arguments) -> Result<VerdictName, CliError> {
    let Arguments { expected, actual, out, .. } = arguments;
    if let Some(out) = out {
        refuse_input(out, [expected, actual])?;
    }
    let (was, is) = (read(expected)?, read(actual)?);
    let options = Options { threshold: arguments.threshold, ..Options::default() };
    let outcome = compare_png(&was, &is, &options).map_err(|error| CliError::Compare {
        expected: expected.clone(),
        actual: actual.clone(),
        error,
    })?;
    let found = outcome.comparison();
    let verdict = verdict(found, &[], &Gate::default());
    if let Some(out) = out {
        draw(&outcome, out)?;
    }
    tell(verdict, found, arguments.json)?;
    Ok(verdict)
}

fn refuse_input(out: &Path, inputs: [&PathBuf; 2]) -> Result<(), CliError> {
    // What does not exist yet is no input.
    let Ok(real) = out.canonicalize() else { return Ok(()) };
    match inputs.into_iter().any(|input| input.canonicalize().is_ok_and(|input| input == real)) {
        true => Err(CliError::OutIsInput { path: out.to_owned() }),
        false => Ok(()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |source| CliError::Read { path: path.to_owned(), source };
    let bytes = fs::metadata(path).map_err(failed)?.len();
    if bytes > BYTES_MAX {
        return Err(CliError::TooLarge { path: path.to_owned(), bytes });
    }
    fs::read(path).map_err(failed)
}

/// Writes the difference picture in one step: whoever looks sees the old file, the new one, or none.
fn draw(outcome: &Outcome, out: &Path) -> Result<(), CliError> {
    let failed = |source| CliError::Write { path: out.to_owned(), source };
    let Some(png) = diff_picture(outcome) else {
        eprintln!("every pixel is equal, so {} is not written", out.display());
        return Ok(());
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".visual-").tempfile_in(folder).map_err(failed)?;
    file.write_all(&png).map_err(failed)?;
    file.persist(out).map_err(|error| failed(error.error))?;
    Ok(())
}

fn tell(verdict: VerdictName, found: &Comparison, json: bool) -> Result<(), CliError> {
    let mut text = if json {
        let told = Told {
            verdict,
            diff_pixels: found.diff_pixels,
            ratio: found.ratio,
            regions: &found.regions,
            alignment: found.alignment.as_ref(),
        };
        serde_json::to_string(&told).expect("numbers and words can be written")
    } else {
        sentence(verdict, found)
    };
    text.push('\n');
    let written = io::stdout().write_all(text.as_bytes());
    written.map_err(|source| CliError::Write { path: PathBuf::from("the standard output"), source })
}

fn sentence(verdict: VerdictName, found: &Comparison) -> String {
    let sizes = if found.expected == found.actual {
        String::new()
    } else {
        format!("the expected picture is {}, the actual one {}; ", found.expected, found.actual)
    };
    format!("{}: {sizes}{found}", verdict.as_str())
}

fn exit_code(verdict: VerdictName) -> ExitCode {
    match verdict {
        VerdictName::SizeChanged => ExitCode::from(SIZE_CHANGED),
        passing if passing.passes() => ExitCode::SUCCESS,
        _ => ExitCode::from(CHANGED),
    }
}

fn error_code(error: &CliError) -> u8 {
    match error {
        CliError::Compare { error: CompareError::Threshold(_), .. }
        | CliError::OutIsInput { .. }
        | CliError::Exists { .. }
        | CliError::Address { .. } => WRONG_ARGUMENTS,
        CliError::Read { .. } | CliError::NoConfig { .. } | CliError::Config { .. } => UNREADABLE,
        CliError::Compare { .. } | CliError::TooLarge { .. } => NO_PICTURE,
        CliError::Write { .. } => UNWRITABLE,
    }
}
