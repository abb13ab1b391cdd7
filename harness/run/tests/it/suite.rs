//! The suites over the tiny app: one flow, one viewer, two pictures; or flows that act.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::FutureExt as _;
use harness_run::{Action, Budget, Cookie, Flow, Folders, RunReport, Step, Suite, Viewport};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What the environment says of the suite, besides its app.
pub(crate) struct Asked {
    /// Which flows: `plain` or `acting`.
    pub(crate) flows: String,
    /// How many bytes the baselines may take.
    pub(crate) budget: Option<u64>,
}

pub(crate) fn suite(app: &str, folder: &Path, settle_within: Duration, asked: &Asked) -> Suite {
    let budget = asked.budget;
    let newcomers = AtomicU32::new(0);
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
        flows: if asked.flows == "acting" { acting(app) } else { plain() },
        viewports: vec![Viewport::desktop(), Viewport::tablet()],
        settle_within,
        log_in: Arc::new(move |viewer| {
            let value = match viewer.as_str() {
                "nora" => format!("nora{}", newcomers.fetch_add(1, Ordering::Relaxed)),
                _ => viewer,
            };
            log_in(host.clone(), value).boxed()
        }),
        about: Some(Arc::new(|viewer| {
            async move { (viewer == "guest").then(|| "looks at everything".to_owned()) }.boxed()
        })),
        budget: budget.map(|all| Budget { all, each: all }),
        command: "cargo test -p tiny".to_owned(),
        ..Suite::new(url, folders, report)
    }
}

/// Knocks at the app, which counts.
async fn log_in(host: String, user: String) -> Result<Vec<Cookie>, String> {
    let mut stream = tokio::net::TcpStream::connect(host).await.map_err(|e| e.to_string())?;
    stream.write_all(b"GET /log-in HTTP/1.1\r\n\r\n").await.map_err(|e| e.to_string())?;
    stream.read_to_end(&mut Vec::new()).await.map_err(|e| e.to_string())?;
    Ok(vec![Cookie::new("user", user, "127.0.0.1")])
}

fn plain() -> Vec<Flow> {
    vec![Flow::named("page").seen_by(["guest"]).pictures("/", "whole")]
}

/// Flows that write, go offline, come without a log-in, and know what is for whom.
fn acting(app: &str) -> Vec<Flow> {
    let tablet = || [Viewport::tablet()];
    let write = [
        Action::Type { into: "#text".into(), text: "milk".into() },
        Action::Press { key: "Enter".into(), on: "#text".into() },
    ];
    vec![
        Flow::named("list")
            .seen_by_newcomers(["nora"])
            .through(tablet())
            .pictures("/", "empty")
            .then("one", write)
            .then("done", [Action::Click("#items b".into()), Action::WaitFor("#items .done".into())]),
        Flow::named("door").seen_by_visitors(["visitor"]).through(tablet()).pictures("/", "closed"),
        Flow::named("away")
            .seen_by(["anna"])
            .through(tablet())
            .step(Step::at("/", "offline").after([Action::GoOffline]).ready_when("#offline"))
            .step(Step::at("/", "cut").cut_off_from([format!("{app}service")]))
            .pictures("/", "back"),
        Flow::named("rule")
            .seen_by(["anna", "ben"])
            .through(tablet())
            .only_for("#rule", ["anna"])
            .pictures("/", "page"),
    ]
}
