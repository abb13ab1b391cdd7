//! What can keep a command from its result.

use std::{io, path::PathBuf};

use harness_compare::CompareError;

/// What can keep a command from its result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is larger than any picture that is compared.
    #[error("{} has {bytes} bytes, more than any picture that is compared", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The two files cannot be compared.
    #[error("{error}\nexpected is {}\nactual   is {}", expected.display(), actual.display())]
    Compare {
        /// The first file.
        expected: PathBuf,
        /// The second file.
        actual: PathBuf,
        /// What is wrong.
        error: CompareError,
    },
    /// The difference picture would replace a picture that is compared.
    #[error("--out names {}, which is one of the pictures that are compared\nhelp: name another file", path.display())]
    OutIsInput {
        /// The file.
        path: PathBuf,
    },
    /// There is no config.
    #[error("cannot read the config {}: {source}\nhelp: name another with --config", path.display())]
    NoConfig {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A config is there already.
    #[error("{} exists\nhelp: look at it; replace it with --force, or write another with --config", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// What was typed is no address.
    #[error("`{address}` is no address of a site\nhelp: give one such as http://localhost:8000/")]
    Address {
        /// What was typed.
        address: String,
    },
    /// The config makes no sense.
    #[error("{}: {why}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        why: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}\nhelp: see that its folder exists, may be written and has room", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
