//! A web server of a few lines whose answers a test decides on.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request.
pub(crate) enum Answer {
    /// Answers.
    Now(Reply),
    /// Answers after a while.
    After(Duration, Reply),
    /// Keeps the request and says nothing.
    Never,
    /// Sends these bytes as this type, and leaves the body open.
    Open(&'static str, &'static str),
}

pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub(crate) fn reply(content_type: &'static str, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status: 200, headers: vec![("Content-Type", content_type.into())], body: body.into() }
}

impl Reply {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn now(self) -> Answer {
        Answer::Now(self)
    }

    pub(crate) fn after_ms(self, ms: u64) -> Answer {
        Answer::After(Duration::from_millis(ms), self)
    }
}

pub(crate) fn html(body: impl Into<Vec<u8>>) -> Answer {
    reply("text/html; charset=utf-8", body).now()
}

/// A square of one colour.
pub(crate) fn square(color: &str) -> Reply {
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><rect width='40' height='40' fill='{color}'/></svg>"
    );
    reply("image/svg+xml", svg).header("Cache-Control", "max-age=600")
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
}

/// A server on a port of its own. It ends with the test's runtime.
pub(crate) struct Site {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    pub(crate) async fn serving(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<dyn Fn(&str) -> Answer + Send + Sync> = Arc::new(answer);
        let log = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&log)));
            }
        });
        Self { port, requests }
    }

    /// A site of one page.
    pub(crate) async fn of(page: &'static str) -> Self {
        Self::serving(move |path| match path {
            "/" => html(page),
            _ => reply("text/plain", "").status(404).now(),
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What was asked for so far, but for the icon of the tab.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let requests = self.requests.lock().unwrap().clone();
        requests.into_iter().filter(|request| request.path != "/favicon.ico").collect()
    }
}

type Answering = Arc<dyn Fn(&str) -> Answer + Send + Sync>;

async fn serve(stream: TcpStream, answer: Answering, log: Arc<Mutex<Vec<Request>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let path = request.path.split('?').next().unwrap().to_owned();
        log.lock().unwrap().push(request);
        if respond(&mut stream, answer(&path)).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let path = lines.first()?.split(' ').nth(1)?.to_owned();
    let pairs = lines[1..].iter().filter_map(|line| line.split_once(": "));
    let headers = pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Some(Request { path, headers })
}

fn respond<'a>(
    stream: &'a mut BufReader<TcpStream>,
    answer: Answer,
) -> Pin<Box<dyn Future<Output = std::io::Result<()>> + Send + 'a>> {
    Box::pin(async move {
        match answer {
            Answer::Now(reply) => {
                let mut head = format!("HTTP/1.1 {} x\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
                for (name, value) in &reply.headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                stream.write_all(format!("{head}\r\n").as_bytes()).await?;
                stream.write_all(&reply.body).await?;
                stream.flush().await
            }
            Answer::After(time, reply) => {
                tokio::time::sleep(time).await;
                respond(stream, Answer::Now(reply)).await
            }
            Answer::Never => std::future::pending().await,
            Answer::Open(content_type, start) => {
                let head =
                    format!("HTTP/1.1 200 x\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n{start}");
                stream.write_all(head.as_bytes()).await?;
                stream.flush().await?;
                std::future::pending().await
            }
        }
    })
}
