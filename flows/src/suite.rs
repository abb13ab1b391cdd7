//! Where harness and stack meet: the personas become viewers, their log-ins cookies, the stack's address the app's.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use fixtures::{Catalogue, LiveStack, SameSite as Site, SessionCookie, test_ids};
use futures::FutureExt as _;
use harness_run::{Budget, Cookie, Flow, Folders, Gate, Mask, RunError, SameSite, Suite, Viewport, World};

use crate::{
    addresses::Addresses,
    personas::{NEWCOMER, VISITOR},
};

/// Until when a page must be at rest. A quick page waits for none of it; on a machine that is busy with something else a page
/// may need ten times its usual second.
const SETTLE_WITHIN: Duration = Duration::from_secs(60);
/// What the committed baselines may take.
const BUDGET: Budget = Budget { all: 48 << 20, each: 1 << 20 };
/// What the newcomer is called in the app.
const NEWCOMER_NAME: &str = "Nora";
/// Where run file, report and new pictures go, when not to `target/visual`.
const OUTPUT_VARIABLE: &str = "VISUAL_OUTPUT";
/// The run that this process is a part of, under cargo nextest.
const NEXTEST_RUN_VARIABLE: &str = "NEXTEST_RUN_ID";
/// The moment that pictured pages believe in, when not the default.
const NOW_VARIABLE: &str = "PERSONAS_NOW";

/// The suite of these flows on the stack that the environment names.
pub(crate) fn suite(flows: impl FnOnce(&Addresses) -> Vec<Flow>) -> Result<Suite, RunError> {
    let stack = LiveStack::from_lookup(variable).map_err(|e| RunError::Config(e.to_string()))?;
    let mut world = World::default();
    if let Some(now) = variable(NOW_VARIABLE) {
        world.now = now;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("flows lies in the workspace").to_owned();
    let output = variable(OUTPUT_VARIABLE).map_or_else(|| root.join("target").join("visual"), PathBuf::from);
    let output = part_of(output, variable(NEXTEST_RUN_VARIABLE));
    let (to_log_in, to_check, to_ask) = (stack.clone(), stack.clone(), stack.clone());
    let reported = output.clone();
    Ok(Suite {
        base_url: stack.base_url.clone(),
        flows: flows(&Addresses::of(&stack)),
        viewports: vec![Viewport::desktop(), Viewport::mobile(), Viewport::tablet()],
        world,
        ready: Some(format!("[data-testid=\"{}\"][data-ready=\"true\"]", test_ids::PAGE)),
        // Only some pages have a clock.
        masks: vec![Mask::new(format!("[data-testid=\"{}\"]", test_ids::LIVE_TIME)).optional()],
        gate: Gate::default(),
        compare: harness_run::Options::default(),
        settle_within: SETTLE_WITHIN,
        log_in: Arc::new(move |viewer| cookies(to_log_in.clone(), viewer).boxed()),
        check: Arc::new(move || {
            let stack = to_check.clone();
            async move { check(&stack).await }.boxed()
        }),
        about: Some(Arc::new(move |viewer| about(to_ask.clone(), viewer).boxed())),
        budget: Some(BUDGET),
        report: Arc::new(move |run| {
            let paths = reports_render::write(run, &reported).map_err(|e| e.to_string())?;
            let for_github = reports_render::github(run, variable).map_err(|e| e.to_string())?;
            Ok(reports_render::terminal(run, Some(&paths.page), false) + &for_github)
        }),
        folders: Folders { snapshots: root.join("snapshots"), output },
        command: "cargo test -p flows".to_owned(),
    })
}

/// The folder of this process: cargo nextest runs each picture in a process of its own, and none may clear what another
/// one wrote. `cargo xtask report merge` makes one report of the parts.
fn part_of(output: PathBuf, nextest_run: Option<String>) -> PathBuf {
    match nextest_run {
        // The system gives a process's number again when it has run out of new ones.
        Some(run) => {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            output.join("parts").join(run).join(format!("{}-{}", std::process::id(), since.as_millis()))
        }
        None => output,
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

async fn check(stack: &LiveStack) -> Result<(), String> {
    let catalogue = Catalogue::embedded();
    let first = catalogue.personas().first().ok_or("the catalogue has no persona")?;
    stack.check(first).await.map_err(|e| e.to_string())
}

/// A viewer's session, as cookies for the browser.
async fn cookies(stack: LiveStack, viewer: String) -> Result<Vec<Cookie>, String> {
    let catalogue = Catalogue::embedded();
    let cookies = match catalogue.find(&viewer) {
        Some(persona) => stack.log_in(persona).await,
        None if viewer == NEWCOMER => stack.newcomer(NEWCOMER_NAME).await,
        None => return Err(format!("{viewer} is no persona of the catalogue")),
    };
    let cookies = cookies.map_err(|e| e.to_string())?;
    Ok(cookies.into_iter().map(|cookie| for_browser(cookie, &stack.cookie_domain)).collect())
}

/// What is known of a viewer's last day.
async fn about(stack: LiveStack, viewer: String) -> Option<String> {
    let catalogue = Catalogue::embedded();
    match viewer.as_str() {
        NEWCOMER => Some("has just signed up, with an account of her own for each picture".to_owned()),
        VISITOR => Some("has no account".to_owned()),
        _ => stack.last_day(catalogue.find(&viewer)?).await,
    }
}

fn for_browser(cookie: SessionCookie, domain: &str) -> Cookie {
    Cookie {
        name: cookie.name,
        value: cookie.value,
        domain: domain.to_owned(),
        path: cookie.path,
        http_only: cookie.http_only,
        secure: cookie.secure,
        same_site: cookie.same_site.map(|site| match site {
            Site::Strict => SameSite::Strict,
            Site::Lax => SameSite::Lax,
            Site::None => SameSite::None,
        }),
        expires: None,
    }
}
