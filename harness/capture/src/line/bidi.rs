//! A window of a Firefox, spoken to by WebDriver BiDi.
//!
//! The session comes of a WebDriver server, geckodriver's or a grid's, and names the address to connect to. A viewer who
//! enters gets a user context and a window of it; the old one goes with everything it knew.

mod connection;

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use harness_model::{PageErrors, Viewport};
use serde_json::{Value, json};

use self::connection::Connection;
use super::{COMMAND_LIMIT, Clip, Opened, chromium::same_document, lost, refused};
use crate::{CaptureError, Cookie, World, remote, settle};

/// What the browser is asked to tell.
const EVENTS: [&str; 5] = [
    "browsingContext.navigationCommitted",
    "browsingContext.navigationFailed",
    "log.entryAdded",
    "network.responseCompleted",
    "network.fetchError",
];

/// A session with a Firefox of its own.
#[derive(Debug)]
pub(crate) struct Bidi {
    session: remote::Session,
    connection: Connection,
    open: Option<Open>,
}

/// The window that is open.
#[derive(Debug)]
struct Open {
    user: String,
    context: String,
}

impl Bidi {
    /// Prepares a session that has just begun. `capabilities` are what it says of itself.
    pub(crate) async fn new(
        session: remote::Session,
        capabilities: &Value,
        world: &World,
    ) -> Result<Self, CaptureError> {
        const CONNECTING: &str = "connecting to its BiDi";
        let url = capabilities["webSocketUrl"].as_str();
        let url = url.ok_or_else(|| refused(CONNECTING, "its session names no address for it"))?;
        let connection = tokio::time::timeout(COMMAND_LIMIT, Connection::open(url)).await;
        let connection = connection.map_err(|_| CaptureError::no_answer(CONNECTING, COMMAND_LIMIT))??;
        let line = Self { session, connection, open: None };
        line.call("session.subscribe", json!({ "events": EVENTS })).await?;
        for script in [world.script()?, settle::tracker()] {
            let preload = json!({ "functionDeclaration": format!("() => {{ {script} }}") });
            line.call("script.addPreloadScript", preload).await?;
        }
        Ok(line)
    }

    async fn call(&self, method: &'static str, params: Value) -> Result<Value, CaptureError> {
        self.connection.call(method, params, method, COMMAND_LIMIT).await
    }

    fn context(&self) -> Result<&str, CaptureError> {
        self.open.as_ref().map(|open| &*open.context).ok_or_else(|| refused("a command", "nobody has entered"))
    }

    pub(super) async fn enter(
        &mut self,
        world: &World,
        viewport: &Viewport,
        cookies: &[Cookie],
    ) -> Result<(), CaptureError> {
        if let Some(Open { user, .. }) = self.open.take() {
            self.call("browser.removeUserContext", json!({ "userContext": user })).await?;
        }
        let made = self.call("browser.createUserContext", json!({})).await?;
        let user = text(&made, "userContext")?;
        let made = self.call("browsingContext.create", json!({ "type": "window", "userContext": user })).await?;
        let context = text(&made, "context")?;
        self.connection.watch(&context);
        for (method, params) in emulation(world, viewport, &context) {
            self.call(method, params).await.map_err(|error| blamed_on_world(world, method, error))?;
        }
        self.open = Some(Open { user, context });
        self.set_cookies(cookies).await
    }

    /// Sets the cookies and asks which are there, as the browser may drop one without a word.
    async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), CaptureError> {
        if cookies.is_empty() {
            return Ok(());
        }
        let refused = |cookie: &Cookie, why: &str| CaptureError::Cookie {
            name: cookie.name.clone(),
            domain: cookie.domain.clone(),
            why: why.to_owned(),
        };
        for cookie in cookies {
            let params = json!({ "cookie": cookie.to_bidi(), "partition": self.jar()? });
            self.call("storage.setCookie", params).await.map_err(|error| match error {
                CaptureError::Refused { why, .. } => refused(cookie, &why),
                error => error,
            })?;
        }
        let stored = self.cookies().await?;
        let is = |a: &Cookie, b: &Cookie| (&a.name, &a.domain, &a.path) == (&b.name, &b.domain, &b.path);
        match cookies.iter().find(|cookie| !stored.iter().any(|stored| is(cookie, stored))) {
            Some(cookie) => Err(refused(cookie, "it is not there after being set; is it secure, and not expired?")),
            None => Ok(()),
        }
    }

    /// Where the viewer's cookies are kept.
    fn jar(&self) -> Result<Value, CaptureError> {
        let open = self.open.as_ref().ok_or_else(|| refused("cookies", "nobody has entered"))?;
        Ok(json!({ "type": "storageKey", "userContext": open.user }))
    }

    pub(super) async fn cookies(&self) -> Result<Vec<Cookie>, CaptureError> {
        let stored = self.call("storage.getCookies", json!({ "partition": self.jar()? })).await?;
        Ok(stored["cookies"].as_array().into_iter().flatten().filter_map(Cookie::of_bidi).collect())
    }

    pub(super) async fn open(&self, url: &str, deadline: Instant) -> Result<Opened, CaptureError> {
        let context = self.context()?.to_owned();
        let mut documents = self.connection.documents();
        if same_document(&documents.borrow_and_update().url, url) {
            // To the browser that would be a step within the page at hand.
            let blank = json!({ "context": context, "url": "about:blank", "wait": "complete" });
            self.call("browsingContext.navigate", blank).await?;
        }
        let before = documents.borrow_and_update().begun;
        let asked = json!({ "context": context, "url": url, "wait": "none" });
        let during = format!("opening {url}");
        let navigation = match self.connection.call("browsingContext.navigate", asked, &during, COMMAND_LIMIT).await {
            Ok(answer) => answer["navigation"].as_str().map(str::to_owned),
            // Its own page about the error follows.
            Err(CaptureError::Refused { .. }) => None,
            Err(error) => return Err(error),
        };
        let changed = documents.wait_for(|now| match &navigation {
            Some(navigation) => now.has_come(navigation).is_some(),
            None => now.begun > before,
        });
        let came = tokio::time::timeout_at(deadline.into(), changed).await.map(|changed| {
            let now = changed.ok()?;
            Some(navigation.as_deref().and_then(|navigation| now.has_come(navigation)).unwrap_or(true))
        });
        match came {
            Ok(Some(true)) => Ok(Opened::Begun),
            Ok(Some(false)) => Ok(Opened::Nothing("no page, but a download or nothing at all")),
            Ok(None) => Err(lost(&during, "the browser has ended")),
            Err(_) => {
                self.stop_loading().await?;
                Ok(Opened::Silent)
            }
        }
    }

    /// A script whose document makes way is never answered by Firefox, so the beginning of another is listened to.
    pub(super) async fn evaluate(
        &self,
        script: &str,
        during: &str,
        limit: Duration,
    ) -> Result<Option<Value>, CaptureError> {
        let mut documents = self.connection.documents();
        let before = documents.borrow_and_update().begun;
        // As text: BiDi would wrap each value of an object in words about its type.
        let expression = format!("(async () => JSON.stringify(await ({script})) ?? \"null\")()");
        let params = json!({
            "expression": expression, "target": { "context": self.context()? }, "awaitPromise": true,
        });
        let answer = tokio::select! {
            answer = self.connection.call("script.evaluate", params, during, limit) => answer,
            Ok(_) = documents.wait_for(|now| now.begun > before) => return Ok(None),
        };
        let answer = match answer {
            Err(CaptureError::Refused { why, .. }) if document_is_gone(&why) => return Ok(None),
            Err(CaptureError::Refused { why, .. }) if why.starts_with("no such frame") => {
                return Err(lost(during, why));
            }
            answer => answer?,
        };
        if answer["type"] == "exception" {
            return Err(refused(during, answer["exceptionDetails"]["text"].as_str().unwrap_or("it threw")));
        }
        let text = answer["result"]["value"].as_str().ok_or_else(|| refused(during, "its answer is no text"))?;
        serde_json::from_str(text).map(Some).map_err(|e| refused(during, &e.to_string()))
    }

    pub(super) async fn capture(&self, full_page: bool, clip: Option<Clip>) -> Result<Vec<u8>, CaptureError> {
        const CAPTURE: &str = "browsingContext.captureScreenshot";
        let origin = if full_page { "document" } else { "viewport" };
        let mut params = json!({ "context": self.context()?, "origin": origin });
        if let Some(Clip { top, width, height }) = clip {
            params["clip"] = json!({ "type": "box", "x": 0, "y": top, "width": width, "height": height });
        }
        let answer = self.call(CAPTURE, params).await?;
        let text = answer["data"].as_str().ok_or_else(|| refused(CAPTURE, "there is no data"))?;
        STANDARD.decode(text).map_err(|e| refused(CAPTURE, &e.to_string()))
    }

    pub(super) async fn page_size(&self) -> Result<(f64, f64), CaptureError> {
        const SIZE: &str = "measuring the page";
        let script = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]";
        let size = self.evaluate(script, SIZE, COMMAND_LIMIT).await?;
        let size = size.and_then(|size| serde_json::from_value(size).ok());
        size.ok_or_else(|| refused(SIZE, "the page does not tell its size"))
    }

    /// Key by key: BiDi knows no other way.
    pub(super) async fn type_text(&self, text: &str) -> Result<(), CaptureError> {
        let keys: Vec<Value> = text
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|deed| json!({ "type": deed, "value": key.to_string() })))
            .collect();
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": keys }]);
        self.call("input.performActions", json!({ "context": self.context()?, "actions": actions })).await.map(drop)
    }

    pub(super) async fn stop_loading(&self) -> Result<(), CaptureError> {
        self.evaluate("window.stop()", "giving up on a page", COMMAND_LIMIT).await.map(drop)
    }

    pub(super) fn errors(&self) -> PageErrors {
        self.connection.take_errors()
    }

    pub(super) fn is_lost(&self) -> bool {
        self.connection.is_lost()
    }

    /// Ends the session, and with it the browser.
    pub(super) async fn end(self) -> Result<(), CaptureError> {
        self.session.end().await.map_err(|failure| super::webdriver::sorted_remote(failure, "closing"))
    }
}

/// The calls that make a window into a viewport, at a place.
fn emulation(world: &World, viewport: &Viewport, context: &str) -> Vec<(&'static str, Value)> {
    let size = json!({ "width": viewport.width, "height": viewport.height });
    let upright = viewport.width <= viewport.height;
    let (natural, orientation) =
        if upright { ("portrait", "portrait-primary") } else { ("landscape", "landscape-primary") };
    let contexts = [context];
    let mut calls = vec![
        (
            "browsingContext.setViewport",
            json!({ "context": context, "viewport": size, "devicePixelRatio": viewport.scale }),
        ),
        ("emulation.setScreenSettingsOverride", json!({ "contexts": contexts, "screenArea": size })),
        (
            "emulation.setScreenOrientationOverride",
            json!({ "contexts": contexts, "screenOrientation": { "natural": natural, "type": orientation } }),
        ),
        ("emulation.setTimezoneOverride", json!({ "contexts": contexts, "timezone": world.time_zone })),
        ("emulation.setLocaleOverride", json!({ "contexts": contexts, "locale": world.locale })),
    ];
    if let Some(user_agent) = &viewport.user_agent {
        calls.push(("emulation.setUserAgentOverride", json!({ "contexts": contexts, "userAgent": user_agent })));
    }
    calls
}

/// Time zone and locale are checked by Firefox.
fn blamed_on_world(world: &World, method: &str, error: CaptureError) -> CaptureError {
    let (setting, value) = match method {
        "emulation.setTimezoneOverride" => ("time zone", &world.time_zone),
        "emulation.setLocaleOverride" => ("locale", &world.locale),
        _ => return error,
    };
    match error {
        CaptureError::Refused { why, .. } => CaptureError::World { setting, value: value.clone(), why },
        error => error,
    }
}

/// The words with which Firefox says that the document a script ran in has made way for another.
fn document_is_gone(why: &str) -> bool {
    ["AbortError", "destroyed", "discarded", "no longer active"].iter().any(|words| why.contains(words))
}

fn text(value: &Value, name: &'static str) -> Result<String, CaptureError> {
    value[name].as_str().map(str::to_owned).ok_or_else(|| refused("entering", &format!("it names no {name}")))
}
