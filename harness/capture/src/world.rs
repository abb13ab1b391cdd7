//! The frozen world that every page lives in: whatever could make two pictures of one page differ is fixed here, in
//! this module and nowhere else.
//!
//! - `freeze.js` runs before any script of the page: clock, randomness, dialogues, further windows.
//! - `flags.rs`: Chromium's command line and preferences.
//! - `fonts.rs`: which fonts there are.
//! - `emulation.rs`: viewport, user agent, time zone, locale, media features.
//!
//! What has to be done at the moment of the picture (animations, caret, focus, scrolling) is done while the page is
//! watched for coming to rest, in `settle`.
//!
//! Not frozen, by choice: timers and `performance.now()` run, so that a page works as it does for its users. Out of
//! reach: what workers and frames of other origins do with the clock.

mod emulation;
mod flags;
mod fonts;

use chrono::DateTime;
use serde_json::json;

pub(crate) use self::{
    emulation::calls as emulation_calls,
    flags::{Launch, remote_capabilities},
    fonts::Fonts,
};
use crate::CaptureError;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorScheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What is the same for every page of a run. The default is a Monday evening in Berlin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// What the page's clock says, for ever: RFC 3339.
    pub now: String,
    /// The time zone, by its IANA name.
    pub time_zone: String,
    /// The locale: language, dates and numbers.
    pub locale: String,
    /// The colour scheme that the user prefers.
    pub color_scheme: ColorScheme,
    /// Where `Math.random` and `crypto.randomUUID` start, in each document anew.
    pub seed: u32,
    /// Hosts that pages may reach besides this machine's own, such as `staging.example.org` or `*.example.org`.
    /// Everything else does not resolve.
    pub reachable_hosts: Vec<String>,
    /// How many times slower than this machine the pages' processor is: 1 is as fast.
    pub slowdown: u32,
}

impl Default for World {
    fn default() -> Self {
        Self {
            now: "2026-03-02T18:00:00Z".into(),
            time_zone: "Europe/Berlin".into(),
            locale: "de-DE".into(),
            color_scheme: ColorScheme::Light,
            seed: 20_260_302,
            reachable_hosts: Vec::new(),
            slowdown: 1,
        }
    }
}

impl World {
    /// What is frozen, one line each, for the report.
    #[must_use]
    pub fn frozen(&self) -> Vec<String> {
        let others = self.reachable_hosts.iter().filter(|host| !is_loopback(host));
        let hosts = others.map(|host| format!(", {host}")).collect::<String>();
        let mut frozen = vec![
            format!("clock {}", self.now),
            format!("time zone {}", self.time_zone),
            format!("locale {}", self.locale),
            format!("colours {}, sRGB", self.scheme()),
            "motion reduced; animations and transitions at their end, endless ones off; videos at their start".into(),
            "caret, focus, spelling marks and scroll bars hidden; scrolled to the top".into(),
            format!("randomness seeded with {}", self.seed),
            "dialogues dismissed, printing and further windows refused".into(),
            format!("network this machine{hosts}"),
        ];
        if self.slowdown > 1 {
            frozen.push(format!("processor slowed down {} times", self.slowdown));
        }
        frozen
    }

    /// Refuses what Chromium would misread in silence. Time zone and locale it checks itself.
    pub(crate) fn check(&self) -> Result<(), CaptureError> {
        self.now_ms()?;
        let plain = |host: &str| {
            !host.is_empty()
                && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '*' | ':' | '[' | ']'))
        };
        match self.reachable_hosts.iter().find(|host| !plain(host)) {
            Some(host) => Err(CaptureError::World {
                setting: "reachable host",
                value: host.clone(),
                why: "expected a host name such as staging.example.org or *.example.org".into(),
            }),
            None => Ok(()),
        }
    }

    fn now_ms(&self) -> Result<i64, CaptureError> {
        DateTime::parse_from_rfc3339(&self.now).map(|time| time.timestamp_millis()).map_err(|e| CaptureError::World {
            setting: "clock",
            value: self.now.clone(),
            why: format!("expected RFC 3339, such as 2026-03-02T18:00:00Z: {e}"),
        })
    }

    fn scheme(&self) -> &'static str {
        match self.color_scheme {
            ColorScheme::Light => "light",
            ColorScheme::Dark => "dark",
        }
    }

    /// Whether pages of `host` can be reached at all.
    pub(crate) fn reaches(&self, host: &str) -> bool {
        is_loopback(host)
            || self.reachable_hosts.iter().any(|allowed| match allowed.strip_prefix('*') {
                Some(ending) => host.ends_with(ending),
                None => host == allowed,
            })
    }

    /// The script that freezes the clock and the dice, to run before any other in each document.
    pub(crate) fn script(&self) -> Result<String, CaptureError> {
        let settings = json!({ "now": self.now_ms()?, "seed": self.seed });
        Ok(format!("({})({settings});", include_str!("world/freeze.js").trim_end().trim_end_matches(';')))
    }
}

pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_or_host_is_named() {
        let wrong = |change: fn(&mut World)| {
            let mut world = World::default();
            change(&mut world);
            world.check().unwrap_err().to_string()
        };
        let all = ["a.org", "*.a.org", "10.0.0.1", "[::1]"].map(String::from);
        assert!(World { reachable_hosts: all.into(), ..World::default() }.check().is_ok());
        let clock = wrong(|world| world.now = "yesterday".into());
        assert!(clock.starts_with("the frozen world's clock `yesterday` is not valid"), "{clock}");
        let host = wrong(|world| world.reachable_hosts = vec!["a.org , EXCLUDE *".into()]);
        assert!(host.contains("reachable host `a.org , EXCLUDE *`"), "{host}");
    }

    #[test]
    fn only_named_hosts_and_this_machine_are_reachable() {
        let world = World { reachable_hosts: vec!["a.example.org".into(), "*.staging.org".into()], ..World::default() };
        let reachable = ["localhost", "127.0.0.1", "[::1]", "app.localhost", "a.example.org", "x.staging.org"];
        assert!(reachable.iter().all(|host| world.reaches(host)));
        assert!(!["example.org", "b.example.org", "staging.org"].iter().any(|host| world.reaches(host)));
    }
}
