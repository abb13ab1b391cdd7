//! A server of language models that speaks as the real ones do, oddities included: it answers from a script, holds each
//! request against its API's rules, and can break off, fall silent, drip, or lie about its answer's length. It is
//! written on bare sockets, because no HTTP library would do most of that.

pub(crate) mod anthropic;
pub(crate) mod openai;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use url::Url;

pub(crate) const KEY: &str = "model-key";

/// What comes back for one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A whole stream.
    Stream(String),
    /// So much of a stream, then the connection is closed in the middle of it.
    Cut(String),
    /// A status, further headers, and a body.
    Status(u16, Vec<(&'static str, &'static str)>, Value),
    /// So much of a stream, then nothing, for ever.
    Silent(String),
    /// Not even a head.
    Hang,
    /// A comment now and then, for ever: the connection lives and says nothing.
    Drip,
    /// A stream whose `Content-Length` says so many bytes less than there are.
    TooShort(String, usize),
    /// And one that says more: the rest never comes.
    TooLong(String, usize),
}

/// A request as it came in.
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Value,
}

/// The faults of a request by the rules of an API, and the refusal that goes back for them.
pub(crate) type Rules = fn(&Request) -> Vec<String>;

#[derive(Clone)]
pub(crate) struct ModelServer {
    pub(crate) url: Url,
    script: Arc<Mutex<VecDeque<Reply>>>,
    requests: Arc<Mutex<Vec<Value>>>,
    faults: Arc<Mutex<Vec<String>>>,
    /// Told when it begins to be silent.
    pub(crate) silent: Arc<Notify>,
}

impl ModelServer {
    pub(crate) async fn start(rules: Rules, script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap(),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            requests: Arc::default(),
            faults: Arc::default(),
            silent: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move { server.answer(stream, rules).await });
            }
        });
        server
    }

    /// The bodies of all requests. Panics when one broke the rules, or when not all that was prepared was asked for.
    pub(crate) fn requests(&self) -> Vec<Value> {
        assert_eq!(*self.faults.lock().unwrap(), Vec::<String>::new());
        let left = self.script.lock().unwrap();
        assert!(left.is_empty(), "never asked for: {left:?}");
        self.requests.lock().unwrap().clone()
    }

    /// A client that goes away in the middle is no fault of the server's.
    async fn answer(&self, mut stream: TcpStream, rules: Rules) {
        let request = read(&mut stream).await;
        let faults = rules(&request);
        self.requests.lock().unwrap().push(request.body);
        let next = self.script.lock().unwrap().pop_front();
        let reply = match next {
            _ if !faults.is_empty() => {
                let text = faults.join("; ");
                self.faults.lock().unwrap().extend(faults);
                refusal(400, "invalid_request_error", &text)
            }
            Some(reply) => reply,
            None => {
                self.faults.lock().unwrap().push("one question more than prepared".to_owned());
                refusal(400, "invalid_request_error", "there is no more")
            }
        };
        let _client_gone = self.send(&mut stream, reply).await;
    }

    async fn send(&self, stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
        const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n";
        let open = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
        match reply {
            Reply::Stream(text) => stream.write_all(format!("{open}{}0\r\n\r\n", chunked(&text)).as_bytes()).await?,
            Reply::Cut(text) => stream.write_all(format!("{open}{}", chunked(&text)).as_bytes()).await?,
            Reply::Status(status, headers, body) => {
                let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let body = body.to_string();
                let head = format!("HTTP/1.1 {status} No\r\ncontent-type: application/json\r\nconnection: close\r\n");
                let length = body.len();
                stream.write_all(format!("{head}{headers}content-length: {length}\r\n\r\n{body}").as_bytes()).await?;
            }
            Reply::Silent(text) => {
                stream.write_all(format!("{open}{}", chunked(&text)).as_bytes()).await?;
                self.fall_silent(stream).await;
            }
            Reply::Hang => self.fall_silent(stream).await,
            Reply::Drip => {
                stream.write_all(open.as_bytes()).await?;
                // The pause is what a drip is made of; the loop ends when the client has had enough.
                loop {
                    stream.write_all(chunked(": still here\n").as_bytes()).await?;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            Reply::TooShort(text, less) => {
                let length = text.len() - less;
                stream.write_all(format!("{HEAD}content-length: {length}\r\n\r\n{text}").as_bytes()).await?;
            }
            Reply::TooLong(text, more) => {
                let length = text.len() + more;
                stream.write_all(format!("{HEAD}content-length: {length}\r\n\r\n{text}").as_bytes()).await?;
            }
        }
        stream.shutdown().await
    }

    /// Until the client goes away.
    async fn fall_silent(&self, stream: &mut TcpStream) {
        self.silent.notify_one();
        let mut rest = [0; 16];
        while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    }
}

async fn read(stream: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    let head = loop {
        let mut more = [0; 4096];
        let read = stream.read(&mut more).await.unwrap();
        assert!(read > 0, "a request breaks off in its head");
        bytes.extend_from_slice(&more[..read]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: HashMap<String, String> = lines.filter_map(pair).collect();
    let length: usize = headers["content-length"].parse().unwrap();
    while bytes.len() < head + length {
        let mut more = [0; 65536];
        let read = stream.read(&mut more).await.unwrap();
        assert!(read > 0, "a request breaks off in its body");
        bytes.extend_from_slice(&more[..read]);
    }
    Request { line, headers, body: serde_json::from_slice(&bytes[head..]).unwrap() }
}

/// In pieces that end in the middle of lines and letters, as networks have it.
fn chunked(text: &str) -> String {
    // The head of a chunk counts bytes, and a `String` cannot hold half a letter: so pieces end between letters here,
    // and in the middle of lines.
    let mut out = String::new();
    let letters: Vec<char> = text.chars().collect();
    for piece in letters.chunks(97) {
        let piece: String = piece.iter().collect();
        out += &format!("{:x}\r\n{piece}\r\n", piece.len());
    }
    out
}

/// An error as both APIs write it.
pub(crate) fn refusal(status: u16, kind: &str, message: &str) -> Reply {
    let body = serde_json::json!({ "type": "error", "error": { "type": kind, "message": message } });
    Reply::Status(status, Vec::new(), body)
}
