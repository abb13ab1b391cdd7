//! Who looks at a page, and how they get in.

use harness_capture::Cookie;

use crate::{LogInError, Suite};

/// How a viewer gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Logged in once a run, for all their pictures.
    Known,
    /// Logged in anew for each picture: an account of its own, on which a flow may change what it likes.
    Newcomer,
    /// Not at all.
    Visitor,
}

/// Somebody who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Viewer {
    pub(crate) name: String,
    pub(crate) entry: Entry,
}

impl Viewer {
    /// The cookies for one picture alone; `None` for those whose log-in holds for the whole run.
    pub(crate) async fn cookies_of_its_own(&self, suite: &Suite) -> Option<Result<Vec<Cookie>, LogInError>> {
        match self.entry {
            Entry::Known => None,
            Entry::Visitor => Some(Ok(Vec::new())),
            Entry::Newcomer => Some((suite.log_in)(self.name.clone()).await),
        }
    }
}
