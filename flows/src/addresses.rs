//! Where the services are that a picture may be cut off from, and what makes this run another one than the last.

use std::time::{SystemTime, UNIX_EPOCH};

use fixtures::{LiveStack, pages::APP_CONFIG};

/// Patterns of addresses, for flows that cut pages off from them.
pub(crate) struct Addresses {
    /// Everything that auth answers.
    pub(crate) auth: String,
    /// What the app asks for before all else.
    pub(crate) app_config: String,
    /// A word that no other run has.
    pub(crate) run: String,
}

impl Addresses {
    pub(crate) fn of(stack: &LiveStack) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let at = |path: &str| stack.base_url.join(path).map_or_else(|_| path.to_owned(), String::from);
        Self {
            auth: format!("{}*", stack.auth_url),
            app_config: at(APP_CONFIG),
            run: format!("{since}.{}", std::process::id()),
        }
    }
}
