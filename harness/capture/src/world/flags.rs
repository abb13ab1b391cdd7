//! Chromium's command line and preferences.

use std::path::Path;

use fantoccini::wd::Capabilities;
use serde_json::{Value, json};

use super::World;

/// Flags that are the same everywhere.
const FLAGS: [&str; 20] = [
    "--headless=new",
    // No errands of its own.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    // No renderers for bars and menus of a window that nobody sees: each new window had one of them drawn. The first two
    // names are those that ChromeDriver gives itself, which this list replaces.
    "--disable-features=IgnoreDuplicateNavs,Prewarm,InitialWebUI,WebUIToolbarProcessOverheadExperiment,\
     PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
    // The same pixels everywhere: no graphics card, no scroll bars (15 px of layout), one colour space, no code paths
    // chosen by the processor at hand, and tiles always drawn anew (a tile reused in part flickered once in 1,440).
    "--disable-gpu",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--disable-partial-raster",
    "--disable-skia-runtime-opts",
    // A mouse, whether or not the machine has one (touch emulation takes it away again), and images that do not move.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4,\
     imageAnimationPolicy=2",
    // Pages run at full speed although nobody sees the window, and do not linger once they are left.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-back-forward-cache",
    "--lang=en-US",
    "--window-size=1440,900",
];

/// What one Chromium is started with.
pub(crate) struct Launch<'a> {
    /// The executable.
    pub(crate) chromium: &'a Path,
    /// An empty folder for its profile.
    pub(crate) profile: &'a Path,
    /// Whether we are root, for whom Chromium's sandbox refuses to start.
    pub(crate) as_root: bool,
}

impl Launch<'_> {
    pub(crate) fn capabilities(&self, world: &World) -> Capabilities {
        let mut arguments: Vec<String> = FLAGS.map(String::from).into();
        arguments.push(format!("--user-data-dir={}", self.profile.display()));
        arguments.push(resolver_rules(&world.reachable_hosts));
        if self.as_root {
            arguments.push("--no-sandbox".into());
        }
        let mut capabilities = capabilities(arguments);
        capabilities["goog:chromeOptions"]["binary"] = json!(self.chromium);
        let Value::Object(capabilities) = capabilities else { unreachable!("it is an object") };
        capabilities
    }
}

/// What a browser is asked for where somebody else starts it: executable, profile and sandbox are theirs to choose.
pub(crate) fn remote_capabilities(world: &World) -> Value {
    let mut arguments: Vec<String> = FLAGS.map(String::from).into();
    arguments.push(resolver_rules(&world.reachable_hosts));
    // Browsers behind servers often live in containers, whose shared memory is too small for pictures.
    arguments.push("--disable-dev-shm-usage".into());
    capabilities(arguments)
}

fn capabilities(arguments: Vec<String>) -> Value {
    json!({
        "browserName": "chrome",
        // Navigation returns at once; the page is watched from then on, so that a document or an image that never
        // comes can be named instead of being waited for.
        "pageLoadStrategy": "none",
        "unhandledPromptBehavior": "dismiss",
        // Only what is told: a page that chatters fills no memory.
        "goog:loggingPrefs": { "browser": "SEVERE" },
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": {
                "session.restore_on_startup": 4,
                "session.startup_urls": ["about:blank"],
                "browser.enable_spellchecking": false,
                // Contexts are incognito, where Chromium would keep cookies from frames of other sites.
                "profile.cookie_controls_mode": 0,
            },
        },
    })
}

/// Nothing but this machine and the named hosts resolves: no page and no errand of Chromium's own reaches the outside.
fn resolver_rules(reachable: &[String]) -> String {
    let mut rules = String::from(
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE [::1] , EXCLUDE localhost , EXCLUDE *.localhost",
    );
    for host in reachable {
        rules.push_str(" , EXCLUDE ");
        rules.push_str(host);
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_alone_goes_without_a_sandbox_and_named_hosts_resolve() {
        let arguments = |as_root, hosts: &[&str]| {
            let world = World { reachable_hosts: hosts.iter().map(ToString::to_string).collect(), ..World::default() };
            let launch = Launch { chromium: Path::new("/c"), profile: Path::new("/p"), as_root };
            launch.capabilities(&world)["goog:chromeOptions"]["args"].to_string()
        };
        assert!(arguments(true, &[]).contains("--no-sandbox"));
        assert!(!arguments(false, &[]).contains("--no-sandbox"));
        assert!(arguments(false, &["a.org"]).contains("EXCLUDE *.localhost , EXCLUDE a.org\""));
    }
}
