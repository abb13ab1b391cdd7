//! What a call can come to, in words that its caller can act on.

use stack_client::ClientError;

/// A call that did not do what it should: which tool, and why.
#[derive(Debug, thiserror::Error)]
#[error("{tool}: {fault}")]
pub struct ToolError {
    /// The name that was called, cut to a readable length.
    pub tool: String,
    /// What went wrong.
    #[source]
    pub fault: Fault,
}

/// Why a call did not do what it should. The text is for the caller: it holds no address, token or key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No such tool, or none for this caller.
    #[error("no such tool; {hint}")]
    UnknownTool {
        /// The nearest name, or all there are.
        hint: String,
    },
    /// The caller used the tool too often.
    #[error("more than {limit} calls in a minute; try again in {wait_s} s")]
    TooOften {
        /// Calls that a minute may have.
        limit: usize,
        /// After how many seconds the next call may come.
        wait_s: u64,
    },
    /// The arguments do not fit.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Arguments(Vec<ArgumentFault>),
    /// The record that the arguments name is not there.
    #[error("id: no {kind} {id} in this space")]
    NotFound {
        /// What was looked for: `task`, `habit` …
        kind: &'static str,
        /// The id that was given.
        id: String,
    },
    /// The user's key is out of every service's reach.
    #[error(
        "this user's vault is in zero-knowledge mode: only the recovery code opens its key, which no service has, so \
         nothing encrypted can be read or written here"
    )]
    ZeroKnowledge,
    /// Auth gave a key that is none.
    #[error("the master key is unusable: {0}")]
    MasterKey(#[from] stack_crypto::KeyError),
    /// Auth or sync failed.
    #[error("the {service} service {}", outcome(source))]
    Service {
        /// `auth` or `sync`.
        service: &'static str,
        /// What went wrong; names addresses, so it is for the log.
        source: Box<ClientError>,
    },
    /// The answer cannot be written as JSON.
    #[error("the answer cannot be written: {0}")]
    Answer(serde_json::Error),
}

/// One thing wrong with the arguments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ArgumentFault {
    /// Which argument: `title`, `tags[2]`.
    pub field: String,
    /// Why it does not fit.
    pub reason: String,
}

impl Fault {
    /// One argument that does not fit.
    #[must_use]
    pub fn argument(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Arguments(vec![ArgumentFault { field: field.into(), reason: reason.into() }])
    }

    pub(crate) fn of_auth(source: ClientError) -> Self {
        match source {
            ClientError::ZeroKnowledge { .. } => Self::ZeroKnowledge,
            source => Self::Service { service: "auth", source: Box::new(source) },
        }
    }

    pub(crate) fn of_sync(source: ClientError) -> Self {
        Self::Service { service: "sync", source: Box::new(source) }
    }
}

/// The client's own text names addresses inside the stack, which are no caller's business.
fn outcome(error: &ClientError) -> String {
    match error {
        ClientError::Unreachable { .. } => "does not answer; try again later".to_owned(),
        ClientError::Refused { status, body, .. } => format!("answered {status}: {body}"),
        _ => "answered something else than expected".to_owned(),
    }
}

/// Longest piece of a caller's own text that a message repeats, in characters.
const REPEATED: usize = 80;

/// A caller's own text, short enough to repeat.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
