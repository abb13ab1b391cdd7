//! A connection to a service that stays open: a request goes out when the answer before it is complete.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// What is sent.
pub(crate) type Call = Request<Full<Bytes>>;

/// An answer, complete.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Whether the body holds this text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        std::str::from_utf8(&self.body).is_ok_and(|body| body.contains(text))
    }

    /// The body as JSON, of an answer that is no refusal.
    pub(crate) fn json(&self) -> anyhow::Result<serde_json::Value> {
        if !self.status.is_success() {
            bail!("{}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        serde_json::from_slice(&self.body).context("the answer is no JSON")
    }
}

pub(crate) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    /// Connects to the service at this base URL.
    pub(crate) async fn open(base: &Url) -> anyhow::Result<Self> {
        let port = base.port().with_context(|| format!("{base} has no port"))?;
        let stream = TcpStream::connect(("127.0.0.1", port)).await.with_context(|| format!("cannot reach {base}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    pub(crate) async fn call(&mut self, call: Call) -> anyhow::Result<Answer> {
        self.0.ready().await.context("the service closed the connection")?;
        let (head, body) = self.0.send_request(call).await.context("the service did not answer")?.into_parts();
        let body = body.collect().await.context("the answer was cut")?.to_bytes();
        Ok(Answer { status: head.status, headers: head.headers, body })
    }
}

/// A request to `path` of the service at `base`.
pub(crate) fn request(method: http::Method, base: &Url, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, base.authority())
}

/// A request with a JSON body, by the bearer of a token where one is given.
pub(crate) fn post(base: &Url, path: &str, token: Option<&str>, body: Bytes) -> Call {
    let mut request = request(http::Method::POST, base, path).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(Full::new(body)).expect("paths and tokens are plain text")
}

/// A request for what lies at `path`.
pub(crate) fn get(base: &Url, path: &str, (name, value): (header::HeaderName, &str)) -> Call {
    let request = request(http::Method::GET, base, path).header(name, value);
    request.body(Full::default()).expect("paths and tokens are plain text")
}
