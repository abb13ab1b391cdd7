//! The home page, as everyone sees it.

use fixtures::pages::HOME;
use harness_run::Flow;

use crate::personas::everyone;

pub(crate) fn flow() -> Flow {
    Flow::named("home").seen_by(everyone()).pictures(HOME.path, "dashboard")
}
