//! A filter that lets everything pass and is asked each time.
//!
//! Filters of single layers leave their verdict in the thread for the span or line that follows. A library that only
//! asks whether something would be logged, as the PostgreSQL driver does after each query, leaves a verdict that nobody
//! fetches; and a span whose filters need not be asked, because they always say yes, is then taken for the refused one
//! and lost. Beside this filter none is spared the question, so each span meets its own verdict.

use tracing::{Metadata, level_filters::LevelFilter, subscriber::Interest};
use tracing_subscriber::layer::{Context, Filter};

pub(crate) struct AskedEachTime;

impl<S> Filter<S> for AskedEachTime {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn callsite_enabled(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    /// Says nothing of levels: without a hint the filters beside this one could not say anything either.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tracing::{Callsite as _, Level, Subscriber, dispatcher, metadata::Kind, span};
    use tracing_subscriber::{
        Layer,
        filter::{FilterExt as _, Targets},
        layer::SubscriberExt as _,
    };

    use super::*;

    /// Counts what comes through.
    #[derive(Clone, Default)]
    struct Seen(Arc<AtomicUsize>);

    impl<S: Subscriber> Layer<S> for Seen {
        fn on_new_span(&self, _: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn of_ours<S: Subscriber>() -> impl Filter<S> {
        Targets::new().with_target("stack", Level::INFO).and(AskedEachTime)
    }

    #[test]
    fn a_question_that_nothing_follows_costs_neither_span_nor_line() {
        let would_be_logged = tracing::callsite! { name: "query", kind: Kind::EVENT, target: "driver", level: Level::DEBUG, fields: message };
        let (lines, spans) = (Seen::default(), Seen::default());
        let layers = tracing_subscriber::registry()
            .with(lines.clone().with_filter(of_ours()))
            .with(spans.clone().with_filter(of_ours()));
        tracing::subscriber::with_default(layers, || {
            for _ in 0..3 {
                dispatcher::get_default(|all| all.enabled(would_be_logged.metadata()));
                drop(tracing::error_span!(target: "stack", "work"));
                dispatcher::get_default(|all| all.enabled(would_be_logged.metadata()));
                tracing::error!(target: "stack", "line");
            }
        });
        for seen in [lines, spans] {
            assert_eq!(seen.0.load(Ordering::Relaxed), 6);
        }
    }
}
