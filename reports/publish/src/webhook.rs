//! Delivers a message, and tries again when the network or the other side fails.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use serde_json::Value;
use url::Url;

use crate::PublishError;

/// How often it is tried.
const TRIES: u32 = 4;
/// How long the other side may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The other side may ask for a longer pause, up to this.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Why one try failed.
enum Failure {
    /// It may go better next time; after this pause, where the other side asks for one.
    Passing(String, Option<Duration>),
    /// It will not.
    Lasting(String),
}

/// Posts the message. The pause between tries doubles, from `pause` on.
///
/// # Errors
/// When it was not delivered. The error names the host alone: the address of a webhook is a secret.
pub async fn post(to: &Url, message: &Value, pause: Duration) -> Result<(), PublishError> {
    let failed =
        |tries, problem| PublishError::Webhook { host: to.host_str().unwrap_or("nowhere").to_owned(), tries, problem };
    let client = Client::builder().timeout(TIMEOUT).build().map_err(|error| failed(0, error.to_string()))?;
    let mut pause = pause;
    for tries in 1.. {
        match once(&client, to, message).await {
            Ok(()) => return Ok(()),
            Err(Failure::Passing(_, asked)) if tries < TRIES => {
                tokio::time::sleep(asked.unwrap_or(pause).min(PAUSE_MAX)).await;
                pause *= 2;
            }
            Err(Failure::Passing(problem, _) | Failure::Lasting(problem)) => return Err(failed(tries, problem)),
        }
    }
    unreachable!("the loop above returns at its last try")
}

async fn once(client: &Client, to: &Url, message: &Value) -> Result<(), Failure> {
    // Without the address: it would be told to whoever reads the log.
    let sent = client.post(to.clone()).json(message).send().await;
    let answer = sent.map_err(|error| Failure::Passing(error.without_url().to_string(), None))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        let asked = answer.headers().get(header::RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
        return Err(Failure::Passing(format!("it answered {status}"), asked.map(Duration::from_secs)));
    }
    Err(Failure::Lasting(format!("it answered {status}")))
}
