//! Runs that alternate, and their medians.

use std::time::{Duration, Instant};

/// One run of an engine: how long it took, what is no part of it left out.
pub(crate) type Run<'a> = Box<dyn FnMut() -> anyhow::Result<Duration> + 'a>;

/// Runs every engine once in each round, after one round that is not counted; gives the medians in ms.
pub(crate) fn alternating(rounds: usize, engines: Vec<(&'static str, Run<'_>)>) -> anyhow::Result<Vec<Figure>> {
    let (names, mut runs): (Vec<_>, Vec<_>) = engines.into_iter().unzip();
    let mut times = vec![Vec::with_capacity(rounds); names.len()];
    for round in 0..=rounds {
        for (run, times) in runs.iter_mut().zip(&mut times) {
            let took = run()?;
            if round > 0 {
                times.push(took.as_secs_f64() * 1e3);
            }
        }
    }
    Ok(names.into_iter().zip(times).map(|(engine, times)| Figure { engine, value: median(times) }).collect())
}

/// What an engine needed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    pub(crate) engine: &'static str,
    pub(crate) value: f64,
}

/// The figure of an engine, if it was measured.
pub(crate) fn of(figures: &[Figure], engine: &str) -> Option<f64> {
    figures.iter().find(|figure| figure.engine == engine).map(|figure| figure.value)
}

/// Measures one call; what it gives is dropped after the clock stopped.
pub(crate) fn timed<R>(run: impl FnOnce() -> R) -> Duration {
    let began = Instant::now();
    let result = std::hint::black_box(run());
    let took = began.elapsed();
    drop(result);
    took
}

pub(crate) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn engines_take_turns_and_the_first_round_does_not_count() {
        let order = RefCell::new(String::new());
        let engine = |name: &'static str, times: Vec<u64>| {
            let (order, mut times) = (&order, times.into_iter());
            let run: Run<'_> = Box::new(move || {
                order.borrow_mut().push_str(name);
                Ok(Duration::from_millis(times.next().unwrap()))
            });
            (name, run)
        };
        let found = alternating(3, vec![engine("a", vec![99, 3, 1, 2]), engine("b", vec![99, 7, 9, 8])]).unwrap();
        assert_eq!(order.borrow().as_str(), "abababab");
        assert_eq!((of(&found, "a"), of(&found, "b"), of(&found, "c")), (Some(2.0), Some(8.0), None));
    }
}
