//! Browsers that a WebDriver server elsewhere keeps: a Selenium Grid, or any other. Nothing is started here; sessions are
//! asked for and ended.

mod server;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use harness_model::Environment;
use serde_json::Value;
use url::Url;

use self::server::Server;
pub(crate) use self::server::{Failure, Session, words};
use crate::{
    Browser, CaptureError, World,
    line::{Line, WebDriver},
    world::remote_capabilities,
};

/// The variable that names the WebDriver server.
pub const SERVER_VARIABLE: &str = "WEBDRIVER_URL";

/// What WebDriver calls Chromium, Chrome and what else is made of it.
const CHROMIUM: &str = "chrome";
/// How long a server may take to say that it is one.
const STATUS_LIMIT: Duration = Duration::from_secs(30);
/// How long a browser may take to come free and start. A grid's own limit for a request in its queue, which is 300 s
/// unless somebody changed it, should come first: it knows why.
const OPEN_LIMIT: Duration = Duration::from_secs(330);
/// The oldest Chromium that has what pages are watched with.
const OLDEST_CHROMIUM: u32 = 121;

/// A WebDriver server that opens browsers in one frozen world.
#[derive(Debug)]
pub(crate) struct Remote {
    server: Arc<Server>,
    world: World,
    /// What the server is, as far as it says.
    kind: String,
    /// The browser that it gave first.
    first: Mutex<Option<Given>>,
}

/// A browser as its session describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    version: String,
    driver: String,
}

impl Given {
    fn of(capabilities: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(|text| first_word(text).to_owned());
        let driver =
            text(&capabilities["chrome"]["chromedriverVersion"]).map(|version| format!("ChromeDriver {version}"));
        Self {
            version: text(&capabilities["browserVersion"]).unwrap_or_default(),
            driver: driver.unwrap_or_else(|| "an unknown driver".into()),
        }
    }

    fn major(&self) -> Option<u32> {
        self.version.split('.').next()?.parse().ok()
    }
}

impl Remote {
    /// Asks whether a WebDriver server answers there, and whether it has Chromium. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the world is not valid, none answers, or a grid says that it has no Chromium.
    pub(crate) async fn connect(url: &Url, world: World) -> Result<Self, CaptureError> {
        world.check()?;
        let server = Server::new(url)?;
        let status = server.status(STATUS_LIMIT).await.map_err(|failure| match failure {
            Failure::Foreign(why) | Failure::Silent(why) | Failure::Late(why) => {
                CaptureError::RemoteServer { url: server.shown(), why }
            }
            Failure::Told { error, message } => {
                CaptureError::RemoteServer { url: server.shown(), why: format!("{error}: {message}") }
            }
        })?;
        let offered = offered(&status);
        if !offered.is_empty() && !offered.iter().any(|name| name == CHROMIUM) {
            return Err(CaptureError::RemoteLacks { url: server.shown(), offered: offered.join(", ") });
        }
        let version = status["nodes"].as_array().into_iter().flatten().find_map(|node| node["version"].as_str());
        let kind = match version {
            Some(version) => format!("Selenium Grid {}", first_word(version)),
            None => "a WebDriver server".to_owned(),
        };
        Ok(Self { server, world, kind, first: Mutex::default() })
    }

    /// Opens a browser with an empty profile, once the server has one free.
    ///
    /// # Errors
    /// When it gives none in time, or one that pictures cannot be taken with.
    pub(crate) async fn open(&self) -> Result<Browser, CaptureError> {
        let opened = Session::open(&self.server, remote_capabilities(&self.world), OPEN_LIMIT).await;
        let (session, capabilities) = opened.map_err(|failure| self.refused(failure))?;
        let given = Given::of(&capabilities);
        let major = self.fits(&given)?;
        let line = WebDriver::of_remote(session, &self.world, major).await?;
        self.note(given)?;
        Ok(Browser::at_server(Line::WebDriver(line), self.server.shown(), self.world.clone()))
    }

    /// Whether it has a browser free at this moment, as far as it says: asked for one more than it has, a grid lets the
    /// request wait in its queue.
    pub(crate) async fn has_room(&self) -> bool {
        match self.server.status(STATUS_LIMIT).await {
            Ok(status) => free_slots(&status).is_none_or(|free| free > 0),
            Err(_) => false,
        }
    }

    fn refused(&self, failure: Failure) -> CaptureError {
        let url = self.server.shown();
        match failure {
            Failure::Foreign(why) | Failure::Silent(why) => CaptureError::RemoteServer { url, why },
            Failure::Late(why) => CaptureError::RemoteCapacity { url, why },
            Failure::Told { message, .. } if message.contains("request timed out") => {
                CaptureError::RemoteCapacity { url, why: message }
            }
            Failure::Told { error, message } => CaptureError::RemoteStart { url, why: format!("{error}: {message}") },
        }
    }

    /// The major version, if pictures can be taken with it.
    fn fits(&self, given: &Given) -> Result<u32, CaptureError> {
        let unfit = |why: String| CaptureError::RemoteVersion {
            url: self.server.shown(),
            browser: format!("Chromium {}", given.version),
            why,
        };
        match given.major() {
            Some(major) if major >= OLDEST_CHROMIUM => Ok(major),
            Some(_) => Err(unfit(format!("it has to be {OLDEST_CHROMIUM} or later"))),
            None => Err(unfit("it does not tell its version".into())),
        }
    }

    /// Pictures of a run have to come of one version: two draw differently.
    fn note(&self, given: Given) -> Result<(), CaptureError> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        match &*first {
            Some(first) if first.version != given.version => Err(CaptureError::RemoteVersion {
                url: self.server.shown(),
                browser: format!("Chromium {}", given.version),
                why: format!("this run began with {}, and two versions draw differently", first.version),
            }),
            Some(_) => Ok(()),
            None => {
                *first = Some(given);
                Ok(())
            }
        }
    }

    /// What pictures are taken in, for the report; the versions are known once a browser was opened.
    pub(crate) fn environment(&self) -> Environment {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let (browser, driver) = match &*first {
            Some(given) => (format!("Chromium {}", given.version), given.driver.as_str()),
            None => ("Chromium".into(), "its driver"),
        };
        Environment {
            browser,
            driver: format!("{driver}, by {} at {}", self.kind, self.server.shown()),
            frozen: self.world.frozen(),
            not_frozen: vec![
                "fonts beside the page's own: those of the browser's machine".into(),
                "words of the browser itself, as in form controls: in its machine's language".into(),
            ],
            ..Environment::default()
        }
    }
}

/// Ends every session that this program has with any server: nothing else would, if the program ended now.
pub async fn end_remote_sessions() {
    server::end_all().await;
}

/// The browsers that a grid's nodes have, each once; nothing where the server does not say.
fn offered(status: &Value) -> Vec<String> {
    let nodes = status["nodes"].as_array().into_iter().flatten();
    let slots = nodes.flat_map(|node| node["slots"].as_array().into_iter().flatten());
    let mut names: Vec<String> =
        slots.filter_map(|slot| slot["stereotype"]["browserName"].as_str()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// How many more Chromiums a grid's nodes can start now; `None` where the server does not say.
fn free_slots(status: &Value) -> Option<u64> {
    let nodes = status["nodes"].as_array()?;
    let free =
        nodes.iter().filter(|node| node["availability"] != "DOWN" && node["availability"] != "DRAINING").map(|node| {
            let slots = node["slots"].as_array().map_or(&[][..], Vec::as_slice);
            let busy = slots.iter().filter(|slot| !slot["session"].is_null()).count() as u64;
            let fitting =
                slots.iter().filter(|slot| slot["session"].is_null() && slot["stereotype"]["browserName"] == CHROMIUM);
            // A node may have slots of several kinds and still run no more than so many at once.
            let most = node["maxSessions"].as_u64().unwrap_or(u64::MAX);
            (fitting.count() as u64).min(most.saturating_sub(busy))
        });
    Some(free.sum())
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_grid_tells_what_it_offers() {
        let slot = |name: &str| json!({ "stereotype": { "browserName": name } });
        let status = json!({ "ready": true, "nodes": [
            { "slots": [slot("firefox"), slot("chrome")] }, { "slots": [slot("chrome")] },
        ]});
        assert_eq!(offered(&status), ["chrome", "firefox"]);
        assert_eq!(offered(&json!({ "ready": true })), [""; 0]);
    }

    #[test]
    fn room_is_what_slots_and_nodes_leave() {
        let slot = |name: &str, busy: bool| {
            let session = if busy { json!({}) } else { Value::Null };
            json!({ "stereotype": { "browserName": name }, "session": session })
        };
        let node =
            |most: u64, up: &str, slots: Value| json!({ "maxSessions": most, "availability": up, "slots": slots });
        let free = |nodes: Value| free_slots(&json!({ "nodes": nodes }));
        let (idle, busy) = (slot("chrome", false), slot("chrome", true));
        assert_eq!(free(json!([node(3, "UP", json!([idle, busy, idle, slot("firefox", false)]))])), Some(2));
        assert_eq!(free(json!([node(1, "UP", json!([idle, slot("firefox", true)]))])), Some(0));
        assert_eq!(free(json!([node(3, "DOWN", json!([idle])), node(1, "UP", json!([idle]))])), Some(1));
        assert_eq!(free_slots(&json!({ "ready": true })), None);
    }

    #[test]
    fn a_session_tells_browser_and_driver() {
        let given = Given::of(&json!({
            "browserVersion": "156.0.8078.114", "chrome": { "chromedriverVersion": "156.0.8078.114 (ea19-refs)" },
        }));
        assert_eq!((given.major(), given.driver.as_str()), (Some(156), "ChromeDriver 156.0.8078.114"));
        assert_eq!(Given::of(&json!({})).major(), None);
    }
}
