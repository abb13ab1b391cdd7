//! The tiny app, and the suite run over it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Output},
    sync::{Arc, Mutex},
};

use harness_run::RunReport;
use tempfile::TempDir;

use crate::{APP, FOLDER};

/// An app of one page, whose body may be changed, with a folder for baselines and output.
pub(crate) struct App {
    body: Arc<Mutex<String>>,
    address: String,
    folder: TempDir,
}

impl App {
    pub(crate) fn new(body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let body = Arc::new(Mutex::new(body.to_owned()));
        let served = Arc::clone(&body);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let body = served.lock().unwrap().clone();
                std::thread::spawn(move || answer(stream, &body));
            }
        });
        Self { body, address, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn shows(&self, body: &str) {
        *self.body.lock().unwrap() = body.to_owned();
    }

    /// The suite as a process of its own.
    pub(crate) fn suite(&self) -> Command {
        let mut suite = Command::new(std::env::current_exe().unwrap());
        suite.env(APP, &self.address).env(FOLDER, self.folder.path()).env_remove("CI").env_remove("UPDATE_SNAPSHOTS");
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

    pub(crate) fn baseline(&self) -> PathBuf {
        self.folder.path().join("snapshots/page/whole/guest-desktop.png")
    }
}

fn answer(mut stream: TcpStream, body: &str) {
    let request =
        BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok).take_while(|l| !l.is_empty());
    if request.count() > 0 {
        let page = format!("<!doctype html><meta charset=utf-8><title>tiny</title><body style='margin:0'>{body}");
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", page.len());
        // A browser that went away needs no answer.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page.as_bytes()));
    }
}

/// What a finished suite said.
pub(crate) fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
