//! Processes that are killed while they are written to: the whole stack, and each service that keeps or passes on what
//! is written. The web app's server writes nothing.

mod auth;
mod gateway;
mod pushes;
mod runner;
mod stack;
mod sync;

use std::sync::Arc;

use tokio::sync::Semaphore;

/// How often each is killed, unless the environment says so.
const ROUNDS: usize = 8;

fn rounds() -> usize {
    std::env::var("CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("CRASH_ROUNDS is a number"))
}

/// Counts what was acknowledged in a round.
#[derive(Clone)]
struct Count(Arc<Semaphore>);

impl Count {
    fn new() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    fn one_more(&self) {
        self.0.add_permits(1);
    }

    /// Waits for the moment at which this round kills: another one in each round.
    async fn until_enough(&self, round: usize) {
        let enough = u32::try_from(1 + round % 11).unwrap();
        self.0.acquire_many(enough).await.unwrap().forget();
    }
}

/// Something that was written, and what its writer heard of it: an answer says that it is stored.
struct Written<T, A = ()> {
    what: T,
    answer: Option<A>,
}

/// Writes one after the other until an answer fails to come. The last one may be stored or not.
async fn write_until_gone<T, A, F: Future<Output = Option<A>>>(
    count: Count,
    mut write: impl FnMut(usize) -> (T, F),
) -> Vec<Written<T, A>> {
    let mut written = Vec::new();
    loop {
        let (what, answer) = write(written.len());
        let answer = answer.await;
        let gone = answer.is_none();
        written.push(Written { what, answer });
        if gone {
            return written;
        }
        count.one_more();
    }
}

fn acknowledged<T, A>(written: &[Written<T, A>]) -> usize {
    written.iter().filter(|one| one.answer.is_some()).count()
}

/// Says what a test has seen; too little would prove nothing.
fn tell(service: &str, acknowledged: usize) {
    assert!(acknowledged >= rounds(), "too little was written to tell anything: {acknowledged}");
    println!("{service}: {} kills, {acknowledged} acknowledged writes", rounds());
}
