//! Logs on standard error, as lines for people or as JSON for machines, and traces to the OpenTelemetry collector that
//! the environment names.

use std::{io::IsTerminal as _, time::Duration};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource, runtime,
    trace::{SdkTracerProvider, span_processor_with_async_runtime::BatchSpanProcessor},
};
use tracing::{Level, Metadata, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, FilterFn, ParseError, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::asked_each_time::AskedEachTime;

/// How long the last spans may take to reach their collector.
const FLUSH: Duration = Duration::from_secs(2);

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// All, by the word that chooses them.
    pub const ALL: [(&str, Self); 2] = [("text", Self::Text), ("json", Self::Json)];

    /// The one that this word chooses.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, format)| format)
    }
}

/// Why nothing can be logged as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogsError {
    /// The filter cannot be read.
    #[error("the log filter `{filter}` cannot be read: {source}\nhelp: write it as in RUST_LOG=warn,stack=debug")]
    Filter {
        /// As it was given.
        filter: String,
        /// What does not fit.
        source: ParseError,
    },
    /// The collector's settings cannot be used.
    #[error("the settings of OpenTelemetry cannot be used: {0}\nhelp: look at the OTEL_ variables")]
    Export(#[from] ExporterBuildError),
}

/// Logging and tracing, while this lives. Call [`Logs::end`] before the program ends: the last spans go out there.
#[must_use = "spans that were not sent are lost without `end`"]
pub struct Logs(Option<SdkTracerProvider>);

impl Logs {
    /// What is logged when nothing else is asked for. The models' client logs whole requests where they fail.
    pub const FILTER: &str = "warn,stack=info,genai=off";

    /// Begins logging. With `export`, spans go by OTLP over HTTP to where the standard `OTEL_` variables say.
    ///
    /// # Errors
    /// When the filter or the collector's settings cannot be used.
    pub fn start(format: LogFormat, filter: Option<&str>, export: bool) -> Result<Self, LogsError> {
        let filter = filter.unwrap_or(Self::FILTER);
        let filter =
            EnvFilter::try_new(filter).map_err(|source| LogsError::Filter { filter: filter.to_owned(), source })?;
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines = match format {
            LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        let provider = export.then(provider).transpose()?;
        // The filter of the logs is not that of the traces. Ours alone: the exporter's own calls would trace themselves.
        let ours = Targets::new().with_target("stack", Level::INFO).and(AskedEachTime);
        let spans = provider
            .as_ref()
            .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("stack")).with_filter(ours));
        let fit_for_a_log =
            FilterFn::new(|line| !repeats_what_users_write(line)).with_max_level_hint(LevelFilter::TRACE);
        let filter = filter.and(fit_for_a_log).and(AskedEachTime);
        tracing_subscriber::registry().with(lines.with_filter(filter)).with(spans).init();
        Ok(Self(provider))
    }

    /// Sends what was not sent yet. A collector that does not answer is not waited for.
    pub async fn end(self) {
        let Some(provider) = self.0 else { return };
        let sent = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH));
        match tokio::time::timeout(FLUSH, sent).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the last spans did not reach their collector"),
            Ok(Err(_)) | Err(_) => tracing::warn!("the last spans did not reach their collector in time"),
        }
    }
}

/// The protocol's library writes whole messages below this level, and with them what users write: at no level of ours
/// is that for a log.
fn repeats_what_users_write(line: &Metadata<'_>) -> bool {
    line.target().starts_with("rmcp") && *line.level() > Level::WARN
}

fn provider() -> Result<SdkTracerProvider, LogsError> {
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build()?;
    // The environment's `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are put over this.
    let mut resource = Resource::builder();
    if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name("stack");
    }
    let batches = BatchSpanProcessor::builder(exporter, runtime::Tokio).build();
    Ok(SdkTracerProvider::builder().with_resource(resource.build()).with_span_processor(batches).build())
}
