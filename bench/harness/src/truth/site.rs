//! A server that answers late, and never equally late.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use super::pages;

/// The longest that an answer is kept back, in ms.
const DELAY: u64 = 150;

/// Serves the pages for as long as this program runs; gives the address.
pub(super) fn start() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}/", listener.local_addr()?);
    let answered = Arc::new(AtomicU64::new(1));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answered = Arc::clone(&answered);
            // A browser that went away needs no answer.
            thread::spawn(move || drop(answer(&stream, &answered)));
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream, answered: &AtomicU64) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let Some(request) = lines.next() else { return Ok(()) };
    lines.for_each(drop);
    let (status, kind, body) = match pages::answer(request.split(' ').nth(1).unwrap_or("/")) {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", Vec::new()),
    };
    // A multiplicative hash: any number of answers, and no two in a row alike.
    let mixed = answered.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    thread::sleep(Duration::from_millis((mixed >> 40) % DELAY));
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}
