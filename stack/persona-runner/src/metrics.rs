//! What the runner did, in figures that Prometheus reads.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::player::Tokens;

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    ticks: AtomicU64,
    days_lived: AtomicU64,
    days_failed: AtomicU64,
    calls_ok: AtomicU64,
    calls_failed: AtomicU64,
    model_answers: AtomicU64,
    model_failures: AtomicU64,
    model_repetitions: AtomicU64,
    model_ms: AtomicU64,
    tokens_input: AtomicU64,
    tokens_cache_read: AtomicU64,
    tokens_cache_write: AtomicU64,
    tokens_output: AtomicU64,
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

    /// A model was asked, and with all repetitions it took so long. `tokens` when it answered.
    pub(crate) fn model_answer(&self, tokens: Option<Tokens>, latency: Duration) {
        let counter = if tokens.is_some() { &self.model_answers } else { &self.model_failures };
        counter.fetch_add(1, Ordering::Relaxed);
        self.model_ms.fetch_add(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        let tokens = tokens.unwrap_or_default();
        for (counter, count) in [
            (&self.tokens_input, tokens.input),
            (&self.tokens_cache_read, tokens.cache_read),
            (&self.tokens_cache_write, tokens.cache_write),
            (&self.tokens_output, tokens.output),
        ] {
            counter.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// A model is asked the same again.
    pub(crate) fn model_asked_again(&self) {
        self.model_repetitions.fetch_add(1, Ordering::Relaxed);
    }

    /// The text form. A model's name comes from a setting, so it is escaped.
    pub(crate) fn render(&self, player: &str) -> String {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let player: String = player.chars().filter(|c| !matches!(c, '"' | '\\' | '\n')).collect();
        let mut text = String::new();
        let mut counter = |name: &str, help: &str, rows: &[(&str, u64)]| {
            let _infallible = writeln!(text, "# HELP mana_persona_{name}_total {help}");
            let _infallible = writeln!(text, "# TYPE mana_persona_{name}_total counter");
            for (labels, value) in rows {
                let _infallible = writeln!(text, "mana_persona_{name}_total{labels} {value}");
            }
        };
        let results =
            |ok: &AtomicU64, error: &AtomicU64| [("{result=\"ok\"}", get(ok)), ("{result=\"error\"}", get(error))];
        counter("ticks", "Ticks that were played.", &[("", get(&self.ticks))]);
        counter("days", "Days of personas, by how they ended.", &results(&self.days_lived, &self.days_failed));
        counter(
            "tool_calls",
            "Tool calls of personas, by how they ended.",
            &results(&self.calls_ok, &self.calls_failed),
        );
        counter(
            "model_answers",
            "Questions to the language model, by how they ended.",
            &results(&self.model_answers, &self.model_failures),
        );
        counter("model_repetitions", "Questions that were asked again.", &[("", get(&self.model_repetitions))]);
        counter("model_milliseconds", "Time that the model was waited for.", &[("", get(&self.model_ms))]);
        let kinds = [
            ("input", &self.tokens_input),
            ("cache_read", &self.tokens_cache_read),
            ("cache_write", &self.tokens_cache_write),
            ("output", &self.tokens_output),
        ]
        .map(|(kind, counter)| (format!("{{player=\"{player}\",kind=\"{kind}\"}}"), get(counter)));
        let rows = kinds.each_ref().map(|(labels, value)| (labels.as_str(), *value));
        counter("tokens", "Tokens that the player used, by what they are paid as.", &rows);
        text
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
        let tokens = Tokens { input: 1, cache_read: 2, cache_write: 3, output: 4 };
        metrics.model_answer(Some(tokens), Duration::from_millis(30));
        metrics.model_answer(None, Duration::from_millis(4));
        metrics.model_asked_again();
        let text = metrics.render("openai:\"m\"");
        let told: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            told,
            [
                "mana_persona_ticks_total 1",
                "mana_persona_days_total{result=\"ok\"} 1",
                "mana_persona_days_total{result=\"error\"} 1",
                "mana_persona_tool_calls_total{result=\"ok\"} 3",
                "mana_persona_tool_calls_total{result=\"error\"} 2",
                "mana_persona_model_answers_total{result=\"ok\"} 1",
                "mana_persona_model_answers_total{result=\"error\"} 1",
                "mana_persona_model_repetitions_total 1",
                "mana_persona_model_milliseconds_total 34",
                "mana_persona_tokens_total{player=\"openai:m\",kind=\"input\"} 1",
                "mana_persona_tokens_total{player=\"openai:m\",kind=\"cache_read\"} 2",
                "mana_persona_tokens_total{player=\"openai:m\",kind=\"cache_write\"} 3",
                "mana_persona_tokens_total{player=\"openai:m\",kind=\"output\"} 4",
            ]
        );
    }
}
