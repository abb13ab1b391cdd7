//! `visual init` on a site that lives: the file that it writes, and that the next commands accept it.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use harness_model::RunReport;
use tempfile::TempDir;

use crate::{told, visual};

/// A site of which each page is counted, and every answer says so.
struct Living {
    address: String,
    visits: Arc<Mutex<HashMap<String, u32>>>,
}

impl Living {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let visits = Arc::<Mutex<HashMap<String, u32>>>::default();
        let counted = Arc::clone(&visits);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || drop(answer(&stream, &counted)));
            }
        });
        Self { address, visits }
    }

    fn visits_of(&self, path: &str) -> u32 {
        self.visits.lock().unwrap().get(path).copied().unwrap_or_default()
    }
}

fn answer(mut stream: &TcpStream, visits: &Mutex<HashMap<String, u32>>) -> std::io::Result<()> {
    let lines: Vec<String> =
        BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let Some(path) = lines.first().and_then(|line| line.split(' ').nth(1)) else { return Ok(()) };
    let count = {
        let mut visits = visits.lock().unwrap();
        let count = visits.entry(path.to_owned()).or_default();
        *count += 1;
        *count
    };
    let (status, body) = match page(path, count) {
        Some(body) => ("200 OK", body),
        None => ("404 Not Found", String::new()),
    };
    let length = body.len();
    let kind = "text/html; charset=utf-8";
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn page(path: &str, count: u32) -> Option<String> {
    let body = match path {
        "/" => format!(
            "<h1>Shop</h1><p>Visit <b id=visits>{}</b>, <i>and on</i></p><p class=ago>{count} s ago</p><p class=ago>{} s ago</p>
             <p>Printed at <time>12:00</time></p><a href=/about.html>About</a> <a href=/auth>Log in</a> <a href=/logout>Out</a>
             <a href=/ticker>Live</a> <a href=/price.pdf>Prices</a> <a href=/gone>Gone</a> <a href=http://other.example/>Away</a>",
            "9".repeat(count as usize),
            count + 7,
        ),
        "/about.html" => "<h1>About</h1><a href=/>Shop</a><a href=/team>Team</a>".to_owned(),
        "/auth" => "<form><input name=user id=user><input type=password name=pass><button>Enter</button></form>".to_owned(),
        // Its own counter never rests, and has a name.
        "/ticker" => "<p class=ticker id=t>0</p><script>let n = 0; setInterval(() => { t.textContent = ++n }, 5)</script>".to_owned(),
        "/team" => "<h1>Team</h1>".to_owned(),
        _ => return None,
    };
    let head = "<!doctype html><html lang=en-GB><meta name=viewport content='width=device-width'><style>.ticker { width: 90px }</style>";
    Some(format!(
        "{head}<main id=main aria-busy=true>{body}</main><script>main.setAttribute('aria-busy', 'false')</script>"
    ))
}

#[test]
fn what_is_written_by_looking_at_a_site_is_accepted_at_once() {
    let site = Living::new();
    let folder = TempDir::new().unwrap();
    let run = |words: &[&str]| told(&visual(folder.path(), words).output().unwrap());
    let (code, out, err) = run(&["init", &site.address, "--pages", "4"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("visual.toml is written: 4 pages, 3 masks") && out.contains("next: read it, then visual update\n"),
        "{out}"
    );
    assert_eq!(
        (site.visits_of("/logout"), site.visits_of("/price.pdf")),
        (0, 0),
        "links that do something are not followed"
    );

    let text = fs::read_to_string(folder.path().join("visual.toml")).unwrap();
    for part in [
        "name = \"start\"\npath = \"/\"\n",
        "name = \"about\"\npath = \"/about.html\"\n",
        "name = \"auth\"\npath = \"/auth\"\n",
        "name = \"ticker\"\npath = \"/ticker\"\n",
        "#   /team\n",
        "selector = \"#visits\"",
        "placeholder = [",
        "selector = \"p.ago\"",
        "selector = \"#t\"",
        "# selector = \"time\"",
        "ready = '#main[aria-busy=\"false\"]'",
        "locale = \"en-GB\"",
        "# path = \"/auth\"",
        "#   { into = \"#user\", type = ",
        "#   { into = 'input[name=\"pass\"]', type-secret = \"SITE_PASSWORD\" },",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }

    let (code, out, err) = run(&["update"]);
    assert_eq!(code, 0, "{out}\n{err}\n{text}");
    let (code, out, err) = run(&["check"]);
    assert_eq!(code, 0, "{out}\n{err}\n{text}");
    let report: RunReport =
        serde_json::from_slice(&fs::read(folder.path().join("target/visual/run.json")).unwrap()).unwrap();
    assert_eq!((report.summary.total, report.summary.identical), (8, 8), "{report:?}");

    let (code, _, err) = run(&["init", &site.address]);
    assert!(code == 2 && err.contains("visual.toml exists\nhelp: ") && err.contains("--force"), "{err}");
    assert_eq!(fs::read_to_string(folder.path().join("visual.toml")).unwrap(), text);
}

#[test]
fn a_site_that_cannot_be_looked_at_leaves_no_file() {
    let folder = TempDir::new().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (words, browser, code, part) in [
        (vec!["init", "file:///etc"], "", 2, "is no address of a site"),
        (vec!["init", "http://127.0.0.1:1/", "--pages", "0"], "", 2, "--pages"),
        (vec!["init", &format!("http://{free}/")], "", 3, "does not answer"),
        (vec!["init", &Living::new().address], "/nowhere", 4, "CHROME"),
    ] {
        let mut command = visual(folder.path(), &words);
        if !browser.is_empty() {
            command.env("CHROME", browser);
        }
        let (ended, _, err) = told(&command.output().unwrap());
        assert!(ended == code && err.contains(part), "{words:?}: {ended} {err}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
