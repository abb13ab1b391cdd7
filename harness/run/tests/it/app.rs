//! The tiny app, and the suite run over it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Output},
    sync::{Arc, Mutex},
};

use harness_run::{
    ALLOW_FLAKY_VARIABLE, FAIL_FAST_VARIABLE, PICTURE_SECONDS_VARIABLE, RETRIES_VARIABLE, RunReport, WORKERS_VARIABLE,
};
use tempfile::TempDir;

use crate::{APP, FOLDER, SECONDS};

/// An app of one page, whose body may be changed, with a folder for baselines and output.
pub(crate) struct App {
    page: Arc<Mutex<Page>>,
    address: String,
    folder: TempDir,
    seconds: u32,
}

/// What the page shows, visit by visit.
#[derive(Default)]
struct Page {
    body: String,
    /// What the next visit sees instead.
    once: Option<String>,
    /// Whether no answer comes any more.
    silent: bool,
    visits: usize,
    log_ins: usize,
}

impl App {
    pub(crate) fn new(body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let page = Arc::new(Mutex::new(Page { body: body.to_owned(), ..Page::default() }));
        let served = Arc::clone(&page);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                std::thread::spawn(move || answer(stream, &served));
            }
        });
        Self { page, address, folder: tempfile::tempdir().unwrap(), seconds: 60 }
    }

    /// Finds its pages restless soon. Others have all the time that a busy machine may need.
    pub(crate) fn impatient(self) -> Self {
        Self { seconds: 5, ..self }
    }

    /// From now on every visit sees this; `%N%` in it is the number of the visit.
    pub(crate) fn shows(&self, body: &str) {
        body.clone_into(&mut self.page.lock().unwrap().body);
    }

    /// The next visit sees this, those after it what was seen before.
    pub(crate) fn shows_once(&self, body: &str) {
        self.page.lock().unwrap().once = Some(body.to_owned());
    }

    /// From now on no visit gets an answer.
    pub(crate) fn falls_silent(&self) {
        self.page.lock().unwrap().silent = true;
    }

    /// How often somebody logged in.
    pub(crate) fn log_ins(&self) -> usize {
        self.page.lock().unwrap().log_ins
    }

    /// The suite as a process of its own.
    pub(crate) fn suite(&self) -> Command {
        let mut suite = Command::new(std::env::current_exe().unwrap());
        suite.env(APP, &self.address).env(FOLDER, self.folder.path()).env(SECONDS, self.seconds.to_string());
        suite.env_remove("CI").env_remove("UPDATE_SNAPSHOTS").env_remove("NEXTEST_RUN_ID").env_remove("WEBDRIVER_URL");
        for name in
            [RETRIES_VARIABLE, ALLOW_FLAKY_VARIABLE, FAIL_FAST_VARIABLE, PICTURE_SECONDS_VARIABLE, WORKERS_VARIABLE]
        {
            suite.env_remove(name);
        }
        suite
    }

    /// Runs the suite with this update mode; an empty one asks for nothing.
    pub(crate) fn run(&self, update: &str) -> Output {
        self.suite().env("UPDATE_SNAPSHOTS", update).output().unwrap()
    }

    pub(crate) fn report(&self) -> RunReport {
        serde_json::from_slice(&std::fs::read(self.output().join("run.json")).unwrap()).unwrap()
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.folder.path().join("output")
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.folder.path().join("snapshots")
    }

    pub(crate) fn baseline(&self) -> PathBuf {
        self.snapshots().join("page/whole/guest-desktop.png")
    }
}

fn answer(mut stream: TcpStream, served: &Mutex<Page>) {
    let request =
        BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok).take_while(|l| !l.is_empty());
    let request: Vec<String> = request.collect();
    if request.first().is_some_and(|line| line.starts_with("GET /log-in ")) {
        served.lock().unwrap().log_ins += 1;
    }
    let asked = request.first().and_then(|line| line.strip_prefix("GET ")?.split(' ').next()).unwrap_or_default();
    if asked == "/service" {
        let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        return;
    }
    if asked != "/" {
        // The icon of the tab; a connection without a request is the runner's question whether the app is there.
        let _gone = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    let body = {
        let mut page = served.lock().unwrap();
        page.visits += 1;
        if page.silent { None } else { Some(page.next()) }
    };
    let Some(body) = body else {
        loop {
            std::thread::park();
        }
    };
    let page = format!("<!doctype html><meta charset=utf-8><title>tiny</title><body style='margin:0'>{body}");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", page.len());
    // A browser that went away needs no answer.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page.as_bytes()));
}

impl Page {
    fn next(&mut self) -> String {
        self.once.take().unwrap_or_else(|| self.body.replace("%N%", &self.visits.to_string()))
    }
}

/// What a finished suite said.
pub(crate) fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
