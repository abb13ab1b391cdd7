//! The settings, as everyone sees theirs. A newcomer's e-mail is another one in each run.

use fixtures::pages::SETTINGS;
use harness_run::Flow;

use crate::personas::everyone;

pub(crate) fn flows() -> Vec<Flow> {
    vec![Flow::named("settings").seen_by(everyone()).pictures(SETTINGS.path, "overview")]
}
