//! Cookies that a viewer brings along, set before any page is loaded.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// When a cookie goes along with a request from another site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SameSite {
    /// Never.
    Strict,
    /// With a click on a link.
    Lax,
    /// Always; such a cookie must be `secure`.
    None,
}

/// A cookie. Its value is a secret and is not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host it is for, or with a leading dot the host and all below it.
    pub domain: String,
    /// The path it is for.
    pub path: String,
    /// Whether the page's scripts may not see it.
    pub http_only: bool,
    /// Whether it goes over TLS only (to loopback addresses it always goes).
    pub secure: bool,
    /// When it goes along with a request from another site; the browser's rule when absent.
    pub same_site: Option<SameSite>,
    /// When it ends, in seconds of Unix time; with the browser when absent. The browser's clock counts here, not the
    /// page's frozen one.
    pub expires: Option<i64>,
}

impl Cookie {
    /// A plain cookie of `domain` for every path, which scripts may see and which ends with the browser.
    pub fn new(name: impl Into<String>, value: impl Into<String>, domain: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            domain: domain.into(),
            path: "/".into(),
            http_only: false,
            secure: false,
            same_site: None,
            expires: None,
        }
    }

    /// The cookie as DevTools want it. A host-only cookie is named by a URL: a `domain` would make it valid for every
    /// host below as well.
    pub(crate) fn to_devtools(&self) -> Value {
        let mut param = json!({
            "name": self.name, "value": self.value, "path": self.path,
            "httpOnly": self.http_only, "secure": self.secure,
        });
        if self.domain.starts_with('.') {
            param["domain"] = json!(self.domain);
        } else {
            let scheme = if self.secure { "https" } else { "http" };
            param["url"] = json!(format!("{scheme}://{}{}", self.domain, self.path));
        }
        if let Some(same_site) = self.same_site {
            param["sameSite"] = json!(format!("{same_site:?}"));
        }
        if let Some(expires) = self.expires {
            param["expires"] = json!(expires);
        }
        param
    }

    /// A cookie as DevTools list it. One that ends at some time is kept as one that ends with the browser: a run is
    /// shorter than any log-in.
    pub(crate) fn of_devtools(stored: &Value) -> Option<Self> {
        let text = |name: &str| stored[name].as_str().map(str::to_owned);
        let flag = |name: &str| stored[name].as_bool().unwrap_or_default();
        Some(Self {
            name: text("name")?,
            value: text("value")?,
            domain: text("domain")?,
            path: text("path")?,
            http_only: flag("httpOnly"),
            secure: flag("secure"),
            same_site: match stored["sameSite"].as_str() {
                Some("Strict") => Some(SameSite::Strict),
                Some("Lax") => Some(SameSite::Lax),
                Some("None") => Some(SameSite::None),
                _ => None,
            },
            expires: None,
        })
    }

    /// The cookie as BiDi wants it.
    pub(crate) fn to_bidi(&self) -> Value {
        let mut param = json!({
            "name": self.name, "value": { "type": "string", "value": self.value }, "domain": self.domain,
            "path": self.path, "httpOnly": self.http_only, "secure": self.secure,
        });
        if let Some(same_site) = self.same_site {
            param["sameSite"] = json!(format!("{same_site:?}").to_lowercase());
        }
        if let Some(expires) = self.expires {
            param["expiry"] = json!(expires);
        }
        param
    }

    /// A cookie as BiDi lists it; when it ends is left out, as of the ones of DevTools.
    pub(crate) fn of_bidi(stored: &Value) -> Option<Self> {
        let text = |name: &str| stored[name].as_str().map(str::to_owned);
        Some(Self {
            value: stored["value"]["value"].as_str()?.to_owned(),
            path: text("path")?,
            http_only: stored["httpOnly"] == true,
            secure: stored["secure"] == true,
            same_site: match stored["sameSite"].as_str() {
                Some("strict") => Some(SameSite::Strict),
                Some("lax") => Some(SameSite::Lax),
                Some("none") => Some(SameSite::None),
                _ => None,
            },
            ..Self::new(text("name")?, "", text("domain")?)
        })
    }

    /// Whether `stored`, as DevTools list it, is this cookie.
    pub(crate) fn is(&self, stored: &Value) -> bool {
        stored["name"] == self.name && stored["domain"] == self.domain && stored["path"] == self.path
    }
}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cookie")
            .field("name", &self.name)
            .field("domain", &self.domain)
            .field("path", &self.path)
            .field("http_only", &self.http_only)
            .field("secure", &self.secure)
            .field("same_site", &self.same_site)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_only_cookie_is_named_by_url_and_a_wide_one_by_domain() {
        let mut cookie = Cookie::new("a", "b", "127.0.0.1");
        assert_eq!(cookie.to_devtools()["url"], "http://127.0.0.1/");
        assert_eq!(cookie.to_devtools().get("domain"), None);

        cookie.domain = ".example.org".into();
        cookie.same_site = Some(SameSite::Strict);
        let param = cookie.to_devtools();
        assert_eq!((&param["domain"], &param["sameSite"]), (&json!(".example.org"), &json!("Strict")));
        assert_eq!(param.get("url"), None);
    }

    #[test]
    fn the_value_is_not_printed() {
        let text = format!("{:?}", Cookie::new("session", "very-secret", "localhost"));
        assert!(text.contains("session") && !text.contains("very-secret"), "{text}");
    }
}
