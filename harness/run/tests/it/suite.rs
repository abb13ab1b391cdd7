//! The suite over the tiny app: one flow, one viewer, two pictures.

use std::{path::Path, sync::Arc, time::Duration};

use futures::FutureExt as _;
use harness_run::{Flow, Folders, Gate, Options, Suite, Viewport, World};

pub(crate) fn suite(app: &str, folder: &Path, settle_within: Duration) -> Suite {
    let output = folder.join("output");
    let reported = output.clone();
    let (url, address) = (app.parse().unwrap(), app.to_owned());
    Suite {
        base_url: url,
        flows: vec![Flow::named("page").seen_by(["guest"]).pictures("/", "whole")],
        viewports: vec![Viewport::desktop(), Viewport::tablet()],
        world: World::default(),
        ready: None,
        masks: Vec::new(),
        gate: Gate::default(),
        compare: Options::default(),
        settle_within,
        log_in: Arc::new(|_| async { Ok(Vec::new()) }.boxed()),
        check: Arc::new(move || {
            let address = address.clone();
            async move {
                let host = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
                let reached = tokio::net::TcpStream::connect(host).await;
                reached.map(drop).map_err(|e| format!("the tiny app does not answer: {e}"))
            }
            .boxed()
        }),
        report: Arc::new(move |run| {
            let json = serde_json::to_string(run).map_err(|e| e.to_string())?;
            std::fs::write(reported.join("run.json"), json).map_err(|e| e.to_string())?;
            Ok(format!("{} pictures\n", run.summary.total))
        }),
        folders: Folders { snapshots: folder.join("snapshots"), output },
        command: "cargo test -p tiny".to_owned(),
    }
}
