//! What is said while a run is under way. On a terminal that is one line, rewritten with everything that happens, and
//! above it each picture that failed, at once and in full. Elsewhere (a log, CI) it is one plain line for each picture, as
//! test programs print them.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use libtest_mimic::Arguments;

/// Pictures under way that are named; the line is one line.
const NAMED: usize = 3;
/// Before so many pictures are done, nobody knows how long the others take.
const FEWEST_TO_GUESS_BY: usize = 3;

/// Says how a run gets on.
pub(crate) struct Live {
    /// Whether there is a line to rewrite.
    rewrites: bool,
    state: Mutex<State>,
}

struct State {
    total: usize,
    done: usize,
    failed: usize,
    under_way: Vec<String>,
    began: Instant,
}

impl Live {
    /// For a run of so many pictures, whose test program was called with these arguments.
    pub(crate) fn of(total: usize, arguments: &Arguments) -> Self {
        let asked_otherwise =
            arguments.quiet || arguments.format.is_some() || arguments.logfile.is_some() || arguments.nocapture;
        let in_ci = std::env::var("CI").is_ok_and(|value| !matches!(&*value, "" | "false"));
        let moves = std::env::var("TERM").is_ok_and(|value| !matches!(&*value, "" | "dumb"));
        let terminal = moves && io::stdout().is_terminal() && io::stderr().is_terminal();
        let state = State { total, done: 0, failed: 0, under_way: Vec::new(), began: Instant::now() };
        Self { rewrites: terminal && !in_ci && !asked_otherwise, state: Mutex::new(state) }
    }

    /// Whether the test program's own lines have to go elsewhere, lest they tear the line.
    pub(crate) fn rewrites(&self) -> bool {
        self.rewrites
    }

    /// A picture is begun.
    pub(crate) fn begins(&self, key: &str) {
        self.change(|state| state.under_way.push(key.to_owned()), None);
    }

    /// A picture is judged; one that failed says why.
    pub(crate) fn ends(&self, key: &str, failure: Option<&str>) {
        let change = |state: &mut State| {
            state.under_way.retain(|other| other != key);
            state.done += 1;
            state.failed += usize::from(failure.is_some());
        };
        self.change(change, failure.map(|why| format!("{key}: {why}\n")).as_deref());
    }

    /// Something happened that is no picture's end.
    pub(crate) fn says(&self, words: &str) {
        if self.rewrites {
            self.change(|_| {}, Some(words));
        } else {
            eprintln!("{words}");
        }
    }

    /// Takes the line away: what follows is the report.
    pub(crate) fn is_over(&self) {
        if self.rewrites {
            let _lock = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            print("\r\x1b[K");
        }
    }

    fn change(&self, change: impl FnOnce(&mut State), above: Option<&str>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        if self.rewrites {
            let above = above.map(|words| format!("{}\n", words.trim_end())).unwrap_or_default();
            // Without wrapping, a line that is too long is cut by the terminal, which alone knows its width.
            print(&format!("\r\x1b[K{above}\x1b[?7l{}\x1b[?7h", state.line(state.began.elapsed())));
        }
    }
}

/// A terminal that has gone away is no reason to fail a run.
fn print(text: &str) {
    let mut terminal = io::stderr().lock();
    let _gone = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
}

impl State {
    /// `12/97 · 1 failed · 40 s left · home/dashboard/anna-desktop, todo/list/ben-mobile`
    fn line(&self, elapsed: Duration) -> String {
        let mut line = format!("{}/{}", self.done, self.total);
        let mut add = |words: std::fmt::Arguments<'_>| {
            let _never_fails = write!(line, " · {words}");
        };
        if self.failed > 0 {
            add(format_args!("{} failed", self.failed));
        }
        if let Some(left) = self.left(elapsed) {
            add(format_args!("{left} left"));
        }
        let named: Vec<&str> = self.under_way.iter().take(NAMED).map(String::as_str).collect();
        match self.under_way.len().saturating_sub(NAMED) {
            0 if named.is_empty() => {}
            0 => add(format_args!("{}", named.join(", "))),
            more => add(format_args!("{} and {more} more", named.join(", "))),
        }
        line
    }

    /// How long the rest takes if it goes on like this.
    fn left(&self, elapsed: Duration) -> Option<String> {
        let open = self.total.saturating_sub(self.done);
        if self.done < FEWEST_TO_GUESS_BY || open == 0 {
            return None;
        }
        let seconds = (elapsed.as_secs_f64() / self.done as f64 * open as f64).ceil() as u64;
        Some(if seconds < 60 { format!("{seconds} s") } else { format!("{} min {:02} s", seconds / 60, seconds % 60) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(done: usize, failed: usize, under_way: &[&str], seconds: u64) -> String {
        let under_way = under_way.iter().map(ToString::to_string).collect();
        let state = State { total: 97, done, failed, under_way, began: Instant::now() };
        state.line(Duration::from_secs(seconds))
    }

    #[test]
    fn one_line_tells_how_far_the_run_is() {
        assert_eq!(line(0, 0, &[], 0), "0/97");
        assert_eq!(line(2, 0, &["a/b/c-d"], 9), "2/97 · a/b/c-d", "too early to guess");
        assert_eq!(line(48, 1, &["a/b/c-d", "e/f/g-h"], 24), "48/97 · 1 failed · 25 s left · a/b/c-d, e/f/g-h");
        assert_eq!(line(7, 0, &["1", "2", "3", "4", "5"], 60), "7/97 · 12 min 52 s left · 1, 2, 3 and 2 more");
        assert_eq!(line(97, 3, &[], 60), "97/97 · 3 failed");
    }
}
