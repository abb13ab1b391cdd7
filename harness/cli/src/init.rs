//! `visual init`: writes a config by looking at a site.

mod findings;
mod look;
mod written;

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use harness_run::ExitCode as Code;
use url::Url;

use self::findings::Findings;
use crate::{config, error::CliError};

/// Looks at a site and writes a commented config for it.
///
/// Follows links of the same site, looks at each page twice to find what is another on every visit, and takes each picture
/// once to see that the page holds still. What it writes can be used at once; read it, and keep what you want.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where the site's first page is, such as http://localhost:8000/
    url: String,
    /// The file to write
    #[arg(long, default_value = "visual.toml", value_name = "FILE")]
    config: PathBuf,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
    /// How many pages to look at; links beyond are named in the file
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pages: u32,
}

const EXAMPLES: &str = "Examples:
  visual init http://localhost:8000/
  visual init https://staging.example/shop --pages 20 --config shop.toml

Exit codes: 0 written, 1 internal, 2 wrong address or flag, or the file exists, 3 the site does not answer, 4 no browser";

/// What can keep a config from being written, with the code it ends with.
pub(crate) struct Failed(Code, String);

impl From<CliError> for Failed {
    fn from(error: CliError) -> Self {
        Self(Code::BadConfig, error.to_string())
    }
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match written(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(code, why)) => {
            eprintln!("error: {why}");
            code.into()
        }
    }
}

fn written(arguments: &Arguments) -> Result<(), Failed> {
    let path = &arguments.config;
    if path.exists() && !arguments.force {
        return Err(CliError::Exists { path: path.clone() }.into());
    }
    let url = address(&arguments.url)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failed(Code::Internal, error.to_string()))?;
    let findings = runtime.block_on(async {
        harness_run::answers(&url).await.map_err(|why| Failed(Code::AppUnavailable, why))?;
        look::around(&url, arguments.pages as usize).await
    })?;
    let text = written::text(&findings, path);
    // A file that the next command refuses would be a fault of this program.
    config::parse(&text)
        .map_err(|why| Failed(Code::Internal, format!("the config that was written is wrong: {why}")))?;
    save(path, &text, arguments.force)?;
    print!("{}", summary(&findings, path));
    Ok(())
}

/// The address as it was typed; what has no scheme is taken for a host.
fn address(typed: &str) -> Result<Url, CliError> {
    let wrong = || CliError::Address { address: typed.to_owned() };
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("http://{typed}") };
    let url = Url::parse(&whole).map_err(|_| wrong())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err(wrong()) }
}

fn save(path: &Path, text: &str, force: bool) -> Result<(), CliError> {
    let mut options = OpenOptions::new();
    // Made meanwhile by somebody else, it is theirs.
    if force {
        options.write(true).create(true).truncate(true)
    } else {
        options.write(true).create_new(true)
    };
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| CliError::Write { path: path.to_owned(), source })
}

fn summary(findings: &Findings, path: &Path) -> String {
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let mut text = format!(
        "{} is written: {}, {}\n",
        path.display(),
        count(findings.pages.iter().filter(|page| page.kept()).count(), "page"),
        count(findings.masks.len(), "mask")
    );
    for page in findings.pages.iter().filter(|page| !page.unrest.is_empty()) {
        text.push_str(&format!("{} does not hold still: {}\n", page.path, page.unrest.join("; ")));
    }
    if findings.log_in.is_some() {
        text.push_str("somebody can log in: the file holds a recipe, commented out\n");
    }
    let config = if path == Path::new("visual.toml") { String::new() } else { format!(" --config {}", path.display()) };
    text.push_str(&format!("next: read it, then visual update{config}\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_lack_its_scheme_and_nothing_else() {
        assert_eq!(address("localhost:8000/a").unwrap().as_str(), "http://localhost:8000/a");
        assert_eq!(address("https://a.example").unwrap().as_str(), "https://a.example/");
        for wrong in ["", "file:///etc/passwd", "http://", "ftp://a.example/"] {
            let told = address(wrong).unwrap_err().to_string();
            assert!(told.contains("is no address of a site") && told.contains("help: "), "{told}");
        }
    }

    #[test]
    fn a_file_that_exists_is_replaced_only_by_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visual.toml");
        save(&path, "a", false).unwrap();
        assert!(save(&path, "b", false).is_err());
        save(&path, "c", true).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "c");
    }
}
