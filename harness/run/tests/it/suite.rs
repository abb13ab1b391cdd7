//! The suite over the tiny app: one flow, one viewer, two pictures.

use std::{path::Path, sync::Arc, time::Duration};

use futures::FutureExt as _;
use harness_run::{Cookie, Flow, Folders, RunReport, Suite, Viewport};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

pub(crate) fn suite(app: &str, folder: &Path, settle_within: Duration) -> Suite {
    let output = folder.join("output");
    let reported = output.clone();
    let url: url::Url = app.parse().unwrap();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let report = move |run: &RunReport| {
        let json = serde_json::to_string(run).map_err(|e| e.to_string())?;
        std::fs::write(reported.join("run.json"), json).map_err(|e| e.to_string())?;
        Ok(format!("{} pictures\n", run.summary.total))
    };
    let folders = Folders { snapshots: folder.join("snapshots"), output };
    Suite {
        flows: vec![Flow::named("page").seen_by(["guest"]).pictures("/", "whole")],
        viewports: vec![Viewport::desktop(), Viewport::tablet()],
        settle_within,
        log_in: Arc::new(move |_| log_in(host.clone()).boxed()),
        command: "cargo test -p tiny".to_owned(),
        ..Suite::new(url, folders, report)
    }
}

/// Knocks at the app, which counts.
async fn log_in(host: String) -> Result<Vec<Cookie>, String> {
    let mut stream = tokio::net::TcpStream::connect(host).await.map_err(|e| e.to_string())?;
    stream.write_all(b"GET /log-in HTTP/1.1\r\n\r\n").await.map_err(|e| e.to_string())?;
    stream.read_to_end(&mut Vec::new()).await.map_err(|e| e.to_string())?;
    Ok(vec![Cookie::new("session", "secret", "127.0.0.1")])
}
