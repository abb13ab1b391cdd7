//! Asking again: what may help, and when the server wants it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{StatusCode, header::HeaderMap};

/// Statuses after which the same question may be answered: too slow, in conflict, too many, overloaded, broken.
pub(crate) fn may_pass(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 409 | 429)
}

/// Error types in a stream after which the same question may be answered, by either provider's words.
pub(crate) fn type_may_pass(kind: &str) -> bool {
    matches!(kind, "overloaded_error" | "rate_limit_error" | "api_error" | "timeout_error" | "server_error")
}

/// The pause that the server asks for: milliseconds, seconds, or a moment.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| Duration::try_from_secs_f64(text.parse().ok()?).ok();
    if let Some(millis) = text("retry-after-ms").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_millis(millis));
    }
    let text = text("retry-after")?;
    let until = |text: &str| {
        let moment = DateTime::parse_from_rfc2822(text).ok()?;
        Some((moment.with_timezone(&Utc) - now).to_std().unwrap_or_default())
    };
    seconds(text).or_else(|| until(text))
}

/// The pause before the next repetition: what the schedule says or the server asks, whichever is longer. None when the
/// schedule is at its end, or the server asks for more than `longest`.
pub(crate) fn pause(scheduled: Option<Duration>, asked: Option<Duration>, longest: Duration) -> Option<Duration> {
    let pause = scheduled?.min(longest);
    match asked {
        Some(asked) if asked > longest => None,
        Some(asked) => Some(pause.max(asked)),
        None => Some(pause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overload_and_trouble_may_pass_and_a_wrong_question_does_not() {
        for (status, expected) in [
            (400, false),
            (401, false),
            (403, false),
            (404, false),
            (408, true),
            (409, true),
            (413, false),
            (422, false),
            (429, true),
            (500, true),
            (503, true),
            (529, true),
        ] {
            assert_eq!(may_pass(StatusCode::from_u16(status).unwrap()), expected, "{status}");
        }
        assert!(type_may_pass("overloaded_error") && !type_may_pass("invalid_request_error"));
    }

    #[test]
    fn the_pause_that_a_server_asks_for_is_read_in_every_form() {
        let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let check = |name: &'static str, value: &str, expected: Option<Duration>| {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), expected, "{name}: {value}");
        };
        check("retry-after", "7", Some(Duration::from_secs(7)));
        check("retry-after", "0.5", Some(Duration::from_millis(500)));
        check("retry-after-ms", "1500", Some(Duration::from_millis(1500)));
        check("retry-after", "Sat, 21 Nov 2026 12:00:09 GMT", Some(Duration::from_secs(9)));
        check("retry-after", "Sat, 21 Nov 2026 11:00:00 GMT", Some(Duration::ZERO));
        for useless in ["soon", "-1", "NaN", "inf", ""] {
            check("retry-after", useless, None);
        }
        check("date", "7", None);
    }

    #[test]
    fn the_longer_pause_counts_within_bounds() {
        let s = |seconds: u64| Some(Duration::from_secs(seconds));
        let longest = Duration::from_secs(60);
        assert_eq!(pause(s(4), None, longest), s(4));
        assert_eq!(pause(s(4), s(9), longest), s(9));
        assert_eq!(pause(s(4), s(1), longest), s(4));
        assert_eq!(pause(s(90), None, longest), s(60));
        assert_eq!(pause(s(4), s(61), longest), None);
        assert_eq!(pause(None, s(1), longest), None, "the schedule is at its end");
    }
}
