//! Clients that call as fast as they are answered, and what came of it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use url::Url;

use crate::connection::{Answer, Call, Connection};

/// What one client does: its next call, and whether the answer is the right one.
pub(crate) struct Script {
    pub(crate) next: Box<dyn FnMut() -> Call>,
    pub(crate) fits: fn(&Answer) -> bool,
}

/// When the clients stop.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    /// After this time.
    Over(Duration),
    /// After so many calls of all together.
    Calls(usize),
}

/// What came of a load.
pub(crate) struct Measured {
    pub(crate) calls: usize,
    pub(crate) a_second: f64,
    /// Half of the calls took no longer.
    pub(crate) p50: Duration,
    /// One call in a hundred took longer.
    pub(crate) p99: Duration,
}

/// Lets each script run on a connection of its own.
pub(crate) async fn run(base: &Url, scripts: Vec<Script>, until: Until) -> anyhow::Result<Measured> {
    let each = match until {
        Until::Over(_) => usize::MAX,
        Until::Calls(calls) => calls.div_ceil(scripts.len()),
    };
    let mut clients = Vec::with_capacity(scripts.len());
    for script in scripts {
        clients.push((Connection::open(base).await?, script));
    }
    let began = Instant::now();
    let deadline = match until {
        Until::Over(time) => Some(began + time),
        Until::Calls(_) => None,
    };
    let local = tokio::task::LocalSet::new();
    let running: Vec<_> =
        clients.into_iter().map(|(at, script)| local.spawn_local(client(at, script, each, deadline))).collect();
    let mut took = Vec::new();
    local
        .run_until(async {
            for client in running {
                took.extend(client.await.context("a client broke")??);
            }
            anyhow::Ok(())
        })
        .await?;
    let seconds = began.elapsed().as_secs_f64();
    took.sort_unstable();
    let part = |share: usize| Duration::from_nanos(took[(took.len() - 1) * share / 100]);
    Ok(Measured { calls: took.len(), a_second: took.len() as f64 / seconds, p50: part(50), p99: part(99) })
}

/// How long each call of one client took, in nanoseconds.
async fn client(
    mut connection: Connection,
    mut script: Script,
    calls: usize,
    deadline: Option<Instant>,
) -> anyhow::Result<Vec<u64>> {
    let mut took = Vec::new();
    while took.len() < calls {
        let call = (script.next)();
        let began = Instant::now();
        let answer = connection.call(call).await?;
        let ended = Instant::now();
        took.push(u64::try_from((ended - began).as_nanos()).unwrap_or(u64::MAX));
        if !(script.fits)(&answer) {
            bail!("an unexpected answer: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        if deadline.is_some_and(|deadline| ended >= deadline) {
            break;
        }
    }
    Ok(took)
}
