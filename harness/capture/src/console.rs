//! The browser's words about a page: errors in its console, and requests that failed.

use harness_model::PageErrors;
use serde_json::Value;

/// What a log as ChromeDriver keeps it holds of errors.
pub(crate) fn of_log(log: &Value) -> PageErrors {
    let mut errors = PageErrors::default();
    for entry in log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE") {
        let Some(text) = entry["message"].as_str() else { continue };
        add(&mut errors, entry["source"] == "network", text);
    }
    errors
}

/// Adds what a window told by this event of DevTools, if it is an error.
pub(crate) fn hear(errors: &mut PageErrors, event: &str, params: &Value) {
    match event {
        "Log.entryAdded" if params["entry"]["level"] == "error" => {
            let entry = &params["entry"];
            let place = entry["lineNumber"].as_u64().map_or_else(|| "-".into(), |line| format!("{line}:0"));
            add(errors, entry["source"] == "network", &line(&entry["url"], &place, text(&entry["text"])));
        }
        "Runtime.consoleAPICalled" if matches!(params["type"].as_str(), Some("error" | "assert")) => {
            let words: Vec<String> = params["args"].as_array().into_iter().flatten().map(spoken).collect();
            add(errors, false, &located(&params["stackTrace"]["callFrames"][0], &words.join(" ")));
        }
        "Runtime.exceptionThrown" => {
            let details = &params["exceptionDetails"];
            let thrown = details["exception"]["description"].as_str().unwrap_or_default();
            let words = format!("{} {}", text(&details["text"]), thrown.lines().next().unwrap_or_default());
            add(errors, false, &located(details, words.trim_end()));
        }
        _ => {}
    }
}

/// Adds what a window told by this event of BiDi, if it is an error.
pub(crate) fn hear_bidi(errors: &mut PageErrors, event: &str, params: &Value) {
    let request = &params["request"];
    match event {
        "log.entryAdded" if params["level"] == "error" => {
            add(errors, false, &located(&params["stackTrace"]["callFrames"][0], text(&params["text"])));
        }
        "network.responseCompleted" => {
            let status = params["response"]["status"].as_u64().unwrap_or_default();
            if status >= 400 {
                let words = format!("the server responded with a status of {status}");
                add(errors, true, &line(&request["url"], "-", &words));
            }
        }
        "network.fetchError" => add(errors, true, &line(&request["url"], "-", text(&params["errorText"]))),
        _ => {}
    }
}

/// An argument of the console, as ChromeDriver tells it.
fn spoken(argument: &Value) -> String {
    match (argument["description"].as_str(), &argument["value"]) {
        (Some(description), _) => description.to_owned(),
        (None, Value::Null) => text(&argument["type"]).to_owned(),
        (None, value) => value.to_string(),
    }
}

fn located(frame: &Value, words: &str) -> String {
    let number = |name: &str| frame[name].as_u64().unwrap_or_default();
    line(&frame["url"], &format!("{}:{}", number("lineNumber"), number("columnNumber")), words)
}

fn line(url: &Value, place: &str, words: &str) -> String {
    format!("{} {place} {words}", url.as_str().unwrap_or("javascript"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn add(errors: &mut PageErrors, of_network: bool, text: &str) {
    if !of_network {
        errors.add_console(text);
    } else if !text.contains("/favicon.ico - ") {
        // The icon of a tab that nobody sees is the browser's own wish, not the page's.
        errors.add_failed_request(text);
    }
}
