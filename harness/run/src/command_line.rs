//! What is said on the command line: what cargo's own test programs understand, and which shard of the pictures.

use clap::Parser;
use harness_model::Shard;
use libtest_mimic::Arguments;

/// Takes pictures as tests: lists them, filters them by name, compares them with their baselines and reports.
#[derive(Parser)]
#[command(after_help = "Pictures are called flow/step/viewer-viewport.\n\n\
        Examples:\n  \
        cargo test -p flows -- home                       all pictures with `home` in their names\n  \
        cargo test -p flows -- --exact home/dashboard/anna-desktop\n  \
        cargo test -p flows -- --shard 2/5                the second of five parts; merge the reports afterwards\n\n\
        UPDATE_SNAPSHOTS=missing|changed|all writes baselines; see README.md for the other variables.")]
struct CommandLine {
    #[command(flatten)]
    libtest: Arguments,
    /// Take only one part of the selected pictures, such as 2/5; all parts together take each picture once
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
}

/// Reads it. Answers `--help` and what is wrong by itself and ends the process then.
pub(crate) fn read() -> (Arguments, Option<Shard>) {
    let CommandLine { libtest, shard } = CommandLine::parse();
    (libtest, shard)
}

/// Reads these words, which a program's own command line has passed on.
pub(crate) fn of(program: &str, words: &[String]) -> (Arguments, Option<Shard>) {
    let CommandLine { libtest, shard } =
        CommandLine::parse_from(std::iter::once(program).chain(words.iter().map(String::as_str)));
    (libtest, shard)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<CommandLine, String> {
        CommandLine::try_parse_from([&["flows"], arguments].concat()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_shard_stands_beside_what_cargo_test_says() {
        let read = parse(&["--exact", "home", "--shard", "2/5", "--test-threads=1"]).unwrap();
        assert_eq!(read.shard.map(|shard| shard.to_string()).as_deref(), Some("2/5"));
        assert!(read.libtest.exact && read.libtest.filter.as_deref() == Some("home"));
        assert_eq!(parse(&["--list", "--format", "terse"]).unwrap().shard, None);
    }

    #[test]
    fn a_shard_that_is_none_is_refused_in_words() {
        let error = parse(&["--shard", "6/5"]).err().unwrap();
        assert!(error.contains("6/5") && error.contains("such as 2/5"), "{error}");
    }

    #[test]
    fn help_teaches_the_shard() {
        let help = parse(&["--help"]).err().unwrap();
        assert!(
            help.contains("--shard <K/N>") && help.contains("--exact") && help.contains("UPDATE_SNAPSHOTS"),
            "{help}"
        );
    }
}
