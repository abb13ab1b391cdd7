//! A site as apps are: pages with a style sheet, pictures, cards of text, and a table that a script fills with what it
//! fetched.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
};

use anyhow::Context as _;

/// The site, served from threads of this process until it ends.
pub(super) struct Site {
    port: u16,
}

impl Site {
    pub(super) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
        let port = listener.local_addr().context("it has no address")?.port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || serve(&stream));
            }
        });
        Ok(Self { port })
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn path(page: usize) -> String {
        format!("/page/{page}")
    }
}

/// Answers one request after the other, until the browser hangs up.
fn serve(stream: &TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(stream).lines();
    loop {
        let request = lines.next()?.ok()?;
        while !lines.next()?.ok()?.is_empty() {}
        let (kind, body) = answer(request.split(' ').nth(1)?);
        let (status, caching) = if body.is_some() { ("200 OK", "max-age=3600") } else { ("404 Not Found", "no-store") };
        let body = body.unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nCache-Control: {caching}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = stream;
        stream.write_all((head + &body).as_bytes()).ok()?;
    }
}

fn answer(path: &str) -> (&'static str, Option<String>) {
    let number = |text: &str| text.parse::<usize>().ok();
    if path == "/style.css" {
        return ("text/css", Some(STYLE.to_owned()));
    }
    if let Some(page) = path.strip_prefix("/page/").and_then(number) {
        return ("text/html; charset=utf-8", Some(html(page)));
    }
    if let Some(picture) = path.strip_prefix("/picture/").and_then(number) {
        return ("image/svg+xml", Some(svg(picture)));
    }
    ("application/json", path.strip_prefix("/rows/").and_then(number).map(json))
}

const STYLE: &str = "
body { margin: 0; font: 16px/1.5 sans-serif; color: #1d2733; background: #f4f6f9 }
header { position: sticky; top: 0; padding: 12px 24px; background: #23406a; color: #fff }
main { max-width: 1100px; margin: 0 auto; padding: 24px }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 16px }
.card { background: #fff; border-radius: 8px; padding: 16px; box-shadow: 0 1px 4px #0003 }
.card img { width: 48px; height: 48px; float: right }
table { width: 100%; border-collapse: collapse; margin-top: 24px; background: #fff }
td { padding: 8px 12px; border-bottom: 1px solid #dde3ea }
.dot { animation: pulse 1s infinite; display: inline-block; width: 10px; height: 10px; border-radius: 5px; background: #3c6 }
@keyframes pulse { 50% { opacity: .3 } }
";

const WORDS: [&str; 12] = [
    "garden", "river", "paper", "window", "morning", "engine", "letter", "market", "silver", "bridge", "summer",
    "signal",
];

/// So many words, which differ from page to page.
fn words(from: usize, count: usize) -> String {
    let word = |n: usize| WORDS[(from * 7 + n * 5 + n * n) % WORDS.len()];
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

fn html(page: usize) -> String {
    let mut html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>\
         <title>Page {page}</title><link rel=stylesheet href=/style.css>\
         <header><span class=dot></span> {}</header><main><h1>{}</h1><div class=cards>",
        words(page, 2),
        words(page + 3, 4)
    );
    for card in 0..12 {
        let _never_fails = write!(
            html,
            "<div class=card><img src=/picture/{} alt=''><h2>{}</h2><p>{}</p></div>",
            (page + card) % 40,
            words(page + card, 2),
            words(page * 3 + card, 24)
        );
    }
    let _never_fails = write!(
        html,
        "</div><table></table></main><script>
         fetch('/rows/{page}').then((answer) => answer.json()).then((rows) => {{
           const table = document.querySelector('table');
           for (const row of rows) {{
             const line = table.insertRow();
             for (const cell of row) line.insertCell().textContent = cell;
           }}
         }})</script>"
    );
    html
}

fn svg(picture: usize) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'><rect width='48' height='48' rx='10' \
         fill='hsl({} 60% 55%)'/><circle cx='24' cy='24' r='{}' fill='#fff8'/></svg>",
        picture * 9,
        8 + picture % 12
    )
}

fn json(page: usize) -> String {
    let row = |n: usize| format!("[\"{n}\", \"{}\", \"{}\"]", words(page + n, 3), (page * 37 + n * 101) % 1000);
    format!("[{}]", (1..=20).map(row).collect::<Vec<_>>().join(", "))
}
