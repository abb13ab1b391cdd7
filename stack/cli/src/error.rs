//! What keeps the stack from running.

use std::{io, path::PathBuf};

use stack_http::DatabaseError;
use url::Url;

/// Why the stack, or a part of it, does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StackError {
    /// A port is in use.
    #[error(
        "port {port} for {service} is taken\nhelp: end what listens there, or let the system choose: stack up --free-ports"
    )]
    PortTaken {
        /// Which service wanted it.
        service: &'static str,
        /// The port.
        port: u16,
    },
    /// A port cannot be listened on for another reason.
    #[error("cannot listen on {address} for {service}: {source}")]
    Listen {
        /// Which service wanted it.
        service: &'static str,
        /// Host and port.
        address: String,
        /// What went wrong.
        source: io::Error,
    },
    /// A file or folder of the stack cannot be used.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// Another stack runs on the same data.
    #[error("another stack is running on {path}\nhelp: end it, or choose another folder: stack up --data DIR", path = path.display())]
    DataInUse {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the data folder holds something else than it should.
    #[error("{path} is damaged: {reason}\nhelp: restore it, or start afresh by moving the folder away", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// Settings that do not go together, or a value of the wrong form; every fault at once.
    #[error("the configuration is wrong:{}\nhelp: every setting with its default is printed by: stack config", bullets(.0))]
    Config(Vec<String>),
    /// A configuration file that says what cannot be; every fault at once.
    #[error("the configuration file {path} is wrong:{}\nhelp: stack config", bullets(faults), path = path.display())]
    ConfigFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        faults: Vec<String>,
    },
    /// A database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A service does not come up.
    #[error("{service} does not start: {reason}")]
    Start {
        /// Which one.
        service: &'static str,
        /// Why.
        reason: String,
    },
    /// A service came up but does not answer.
    #[error("{service} does not answer at {url} within {seconds} s")]
    Unhealthy {
        /// Which one.
        service: &'static str,
        /// Where it should be.
        url: Url,
        /// How long it was waited for.
        seconds: u64,
    },
}

fn bullets(faults: &[String]) -> String {
    faults.iter().map(|fault| format!("\n  - {fault}")).collect()
}

impl StackError {
    /// The exit code of the `stack` program for this error; README.md lists them.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::ConfigFile { .. } => 2,
            Self::PortTaken { .. } | Self::Listen { .. } => 3,
            Self::File { .. } | Self::DataInUse { .. } | Self::Damaged { .. } => 4,
            Self::Start { .. } | Self::Unhealthy { .. } => 5,
            // 6 is an unanswered call, which is no error of a start.
            Self::Database(_) => 7,
        }
    }
}
