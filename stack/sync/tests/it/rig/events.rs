//! A stream, read as a client reads it.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::{SOON, ids};

/// The events of a stream.
pub(crate) struct Events {
    response: reqwest::Response,
    buffer: String,
}

/// One event of a stream.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: Value,
    pub(crate) id: Option<String>,
}

impl Events {
    pub(crate) async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = tokio::time::timeout(SOON, request.send()).await.expect("a stream begins at once").unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, buffer: String::new() }
    }

    /// The next event, or `None` when the stream ends.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        self.next_within(SOON).await.expect("an event or the end comes soon")
    }

    /// As [`Events::next`]; an error when neither comes in time.
    pub(crate) async fn next_within(&mut self, time: Duration) -> Result<Option<Event>, tokio::time::error::Elapsed> {
        tokio::time::timeout(time, self.read()).await
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let event = Event::parse(block);
                self.buffer = rest.to_owned();
                return Some(event);
            }
            let chunk = self.response.chunk().await.ok()??;
            self.buffer.push_str(str::from_utf8(&chunk).expect("test data is ASCII, so no chunk cuts a character"));
        }
    }

    /// Ids of the records in the next event.
    pub(crate) async fn next_ids(&mut self) -> Vec<String> {
        ids(&self.next().await.expect("the stream goes on").data["changes"])
    }
}

impl Event {
    /// As the original's web client reads it: by the first word of each line.
    fn parse(block: &str) -> Self {
        let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        Self {
            name: line("event").unwrap().to_owned(),
            data: serde_json::from_str(line("data").unwrap()).unwrap(),
            id: line("id").map(str::to_owned),
        }
    }
}
