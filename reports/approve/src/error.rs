//! What keeps somebody from accepting or refusing a picture.

use std::path::PathBuf;

use harness_baseline::BaselineError;
use harness_model::KeyError;
use reports_render::RenderError;

/// What keeps somebody from accepting or refusing a picture.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RenderError),
    /// A baseline cannot be read or written.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// What should be a picture's name is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A name or pattern fits no picture that needs a look.
    #[error("`{pattern}` fits none of the pictures that need a look\nhelp: see them with: cargo xtask approve --list")]
    FitsNothing {
        /// The name or pattern.
        pattern: String,
    },
    /// There is no such group.
    #[error("there is no group {group}; the run has {groups}\nhelp: see them with: cargo xtask approve --list")]
    NoGroup {
        /// The number that was asked for.
        group: usize,
        /// How many there are.
        groups: usize,
    },
    /// No baseline has the name that should be changed.
    #[error(
        "no baseline is called `{name}`, nor begins with it\nhelp: name a flow, a flow/step, or a whole flow/step/viewer-viewport"
    )]
    NoBaseline {
        /// The name.
        name: String,
    },
    /// Old and new name do not fit each other.
    #[error(
        "`{from}` cannot become `{to}`: both need as many parts between slashes\nhelp: a step is renamed as: --rename home/start home/dashboard"
    )]
    Parts {
        /// The old name.
        from: String,
        /// The new one.
        to: String,
    },
    /// Accepting is for those who look.
    #[error(
        "refused where CI is set: a baseline is accepted by someone who saw it\nhelp: approve on a desk and commit {}",
        "snapshots/"
    )]
    Ci,
    /// A file of the review cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The review server cannot listen.
    #[error("cannot listen on {address}: {source}\nhelp: let --port be another one, or leave it out")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The suite could not list its pictures.
    #[error("cannot list the pictures of the flows: {problem}\nhelp: run it yourself: {command}")]
    List {
        /// The command that should have.
        command: String,
        /// What went wrong.
        problem: String,
    },
}
