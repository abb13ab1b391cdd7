//! The DevTools calls that make a window into a viewport, at a place and with a taste.

use harness_model::Viewport;
use serde_json::{Value, json};

use super::World;

/// The calls, in order. They hold for the window until they are made again.
pub(crate) fn calls(world: &World, viewport: &Viewport, chromium_major: u32) -> Vec<(&'static str, Value)> {
    let claim = Claim::of(viewport, chromium_major);
    let orientation = if viewport.width <= viewport.height {
        json!({ "type": "portraitPrimary", "angle": 0 })
    } else {
        json!({ "type": "landscapePrimary", "angle": 0 })
    };
    let languages = match world.locale.split_once('-') {
        Some((language, _)) => format!("{},{language}", world.locale),
        None => world.locale.clone(),
    };
    let mut calls = vec![
        (
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": viewport.width, "height": viewport.height, "deviceScaleFactor": viewport.scale,
                "mobile": viewport.mobile, "screenWidth": viewport.width, "screenHeight": viewport.height,
                "screenOrientation": orientation,
            }),
        ),
        ("Emulation.setTouchEmulationEnabled", json!({ "enabled": viewport.mobile, "maxTouchPoints": 5 })),
        (
            "Emulation.setUserAgentOverride",
            json!({
                "userAgent": claim.user_agent, "acceptLanguage": languages, "platform": claim.navigator_platform(),
                "userAgentMetadata": claim.hints(),
            }),
        ),
        ("Emulation.setTimezoneOverride", json!({ "timezoneId": world.time_zone })),
        ("Emulation.setLocaleOverride", json!({ "locale": world.locale.replace('-', "_") })),
        (
            "Emulation.setEmulatedMedia",
            json!({ "features": [
                { "name": "prefers-color-scheme", "value": world.scheme() },
                { "name": "prefers-reduced-motion", "value": "reduce" },
                { "name": "prefers-contrast", "value": "no-preference" },
                { "name": "forced-colors", "value": "none" },
            ]}),
        ),
        // A page believes itself in front, so that it does not draw its inactive look, whichever window is in front.
        ("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })),
    ];
    if world.slowdown > 1 {
        calls.push(("Emulation.setCPUThrottlingRate", json!({ "rate": world.slowdown })));
    }
    calls
}

/// What the browser claims to be. The headers that newer servers read (client hints) are taken from the user agent, so
/// that the two never tell different stories.
struct Claim {
    user_agent: String,
    major: String,
    /// Android's version and the device's model, on a phone.
    android: Option<(String, String)>,
}

impl Claim {
    fn of(viewport: &Viewport, chromium_major: u32) -> Self {
        // One system for every machine: a page may show other key names on another.
        let user_agent = viewport.user_agent.clone().unwrap_or_else(|| {
            format!(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/{chromium_major}.0.0.0 Safari/537.36"
            )
        });
        let major = between(&user_agent, "Chrome/", ".").unwrap_or_else(|| chromium_major.to_string());
        let android = between(&user_agent, "Android ", ";")
            .map(|version| (version, between(&user_agent, "; ", ")").map_or_else(String::new, last_part)));
        Self { user_agent, major, android }
    }

    fn navigator_platform(&self) -> &'static str {
        if self.android.is_some() { "Linux armv81" } else { "Linux x86_64" }
    }

    fn hints(&self) -> Value {
        let brands = |version: &str| json!([{ "brand": "Chromium", "version": version }, { "brand": "Not)A;Brand", "version": "24" }]);
        let (platform, platform_version, model) = match &self.android {
            Some((version, model)) => ("Android", version.as_str(), model.as_str()),
            None => ("Linux", "", ""),
        };
        json!({
            "brands": brands(&self.major), "fullVersionList": brands(&format!("{}.0.0.0", self.major)),
            "platform": platform, "platformVersion": platform_version, "model": model,
            "architecture": if self.android.is_some() { "" } else { "x86" }, "bitness": "64",
            "mobile": self.user_agent.contains("Mobile"),
        })
    }
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    Some(found.to_owned())
}

fn last_part(text: String) -> String {
    text.rsplit("; ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(viewport: &Viewport, command: &str) -> Value {
        calls(&World::default(), viewport, 156).into_iter().find(|(name, _)| *name == command).unwrap().1
    }

    #[test]
    fn client_hints_tell_the_same_as_the_user_agent() {
        let phone = call(&Viewport::mobile(), "Emulation.setUserAgentOverride")["userAgentMetadata"].clone();
        let told = |key: &str| phone[key].as_str().unwrap().to_owned();
        assert_eq!(
            (told("platform"), told("platformVersion"), told("model")),
            ("Android".into(), "11".into(), "Pixel 5".into())
        );
        assert_eq!((&phone["mobile"], &phone["brands"][0]["version"]), (&json!(true), &json!("140")));

        let laptop = call(&Viewport::desktop(), "Emulation.setUserAgentOverride");
        assert!(laptop["userAgent"].as_str().unwrap().contains("Chrome/156.0.0.0"));
        assert!(!laptop["userAgent"].as_str().unwrap().contains("Headless"));
        assert_eq!(laptop["userAgentMetadata"]["mobile"], json!(false));
        assert_eq!(laptop["acceptLanguage"], "de-DE,de");
    }

    #[test]
    fn a_processor_is_slowed_down_when_the_world_says_so() {
        let rate = |slowdown| {
            let calls = calls(&World { slowdown, ..World::default() }, &Viewport::desktop(), 156);
            calls.into_iter().find(|(name, _)| *name == "Emulation.setCPUThrottlingRate").map(|(_, params)| params)
        };
        assert_eq!((rate(1), rate(4)), (None, Some(json!({ "rate": 4 }))));
    }

    #[test]
    fn a_phone_is_touched_and_scaled() {
        assert_eq!(call(&Viewport::mobile(), "Emulation.setTouchEmulationEnabled")["enabled"], json!(true));
        let metrics = call(&Viewport::mobile(), "Emulation.setDeviceMetricsOverride");
        assert_eq!(
            (&metrics["width"], &metrics["deviceScaleFactor"], &metrics["mobile"]),
            (&json!(393), &json!(2.75), &json!(true))
        );
        assert_eq!(call(&Viewport::desktop(), "Emulation.setTouchEmulationEnabled")["enabled"], json!(false));
    }
}
