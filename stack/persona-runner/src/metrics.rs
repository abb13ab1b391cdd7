//! What the runner did, in figures that Prometheus reads.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    ticks: AtomicU64,
    days_lived: AtomicU64,
    days_failed: AtomicU64,
    calls_ok: AtomicU64,
    calls_failed: AtomicU64,
}

impl Metrics {
    pub(crate) fn tick(&self) {
        self.ticks.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn day(&self, lived: bool) {
        let counter = if lived { &self.days_lived } else { &self.days_failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn call(&self, ok: bool) {
        let counter = if ok { &self.calls_ok } else { &self.calls_failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// The text form. No model is paid by tokens yet, so their counter stands at 0.
    pub(crate) fn render(&self, player: &str) -> String {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        format!(
            "# HELP mana_persona_ticks_total Ticks that were played.\n\
             # TYPE mana_persona_ticks_total counter\n\
             mana_persona_ticks_total {}\n\
             # HELP mana_persona_days_total Days of personas, by how they ended.\n\
             # TYPE mana_persona_days_total counter\n\
             mana_persona_days_total{{result=\"ok\"}} {}\n\
             mana_persona_days_total{{result=\"error\"}} {}\n\
             # HELP mana_persona_tool_calls_total Tool calls of personas, by how they ended.\n\
             # TYPE mana_persona_tool_calls_total counter\n\
             mana_persona_tool_calls_total{{result=\"ok\"}} {}\n\
             mana_persona_tool_calls_total{{result=\"error\"}} {}\n\
             # HELP mana_persona_tokens_total Tokens that the player used.\n\
             # TYPE mana_persona_tokens_total counter\n\
             mana_persona_tokens_total{{player=\"{player}\"}} 0\n",
            get(&self.ticks),
            get(&self.days_lived),
            get(&self.days_failed),
            get(&self.calls_ok),
            get(&self.calls_failed),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_is_told() {
        let metrics = Metrics::default();
        metrics.tick();
        metrics.day(true);
        metrics.day(false);
        (0..3).for_each(|_| metrics.call(true));
        (0..2).for_each(|_| metrics.call(false));
        let text = metrics.render("scripted");
        let told: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            told,
            [
                "mana_persona_ticks_total 1",
                "mana_persona_days_total{result=\"ok\"} 1",
                "mana_persona_days_total{result=\"error\"} 1",
                "mana_persona_tool_calls_total{result=\"ok\"} 3",
                "mana_persona_tool_calls_total{result=\"error\"} 2",
                "mana_persona_tokens_total{player=\"scripted\"} 0",
            ]
        );
    }
}
