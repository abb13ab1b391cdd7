//! The session cookie, in the form that Better Auth writes and reads: the token, a dot, and the base64 of the token's
//! HMAC-SHA256 under the service's secret, all of it percent-encoded.

use aws_lc_rs::hmac;
use axum_extra::extract::cookie::Cookie;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use stack_api::auth::{SESSION_COOKIE, SESSION_SECONDS};
use url::form_urlencoded::byte_serialize;

/// Writes and reads session cookies.
pub(crate) struct SessionCookies {
    key: hmac::Key,
    secure: bool,
}

impl SessionCookies {
    /// Cookies signed with this secret; `secure` ones travel over HTTPS alone.
    pub(crate) fn new(secret: &SecretString, secure: bool) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()), secure }
    }

    /// The `Set-Cookie` that begins or prolongs a session.
    pub(crate) fn set(&self, token: &str) -> HeaderValue {
        let signature = STANDARD.encode(hmac::sign(&self.key, token.as_bytes()));
        let signed = format!("{token}.{signature}");
        let mut value = self.header(&byte_serialize(signed.as_bytes()).collect::<String>(), SESSION_SECONDS);
        value.set_sensitive(true);
        value
    }

    /// The `Set-Cookie` that takes the cookie away.
    pub(crate) fn clear(&self) -> HeaderValue {
        self.header("", 0)
    }

    /// The token of the first cookie whose signature holds.
    pub(crate) fn token(&self, headers: &HeaderMap) -> Option<String> {
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookies = texts.flat_map(Cookie::split_parse_encoded).filter_map(Result::ok);
        cookies.filter(|cookie| cookie.name() == SESSION_COOKIE).find_map(|cookie| self.verify(cookie.value()))
    }

    fn verify(&self, value: &str) -> Option<String> {
        let (token, signature) = value.rsplit_once('.')?;
        let signature = STANDARD.decode(signature).ok()?;
        hmac::verify(&self.key, token.as_bytes(), &signature).ok()?;
        Some(token.to_owned())
    }

    fn header(&self, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{SESSION_COOKIE}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).expect("a percent-encoded value and fixed attributes are visible ASCII")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(secret: &str) -> SessionCookies {
        SessionCookies::new(&secret.into(), false)
    }

    fn read(cookies: &SessionCookies, header: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, header.parse().unwrap());
        cookies.token(&headers)
    }

    /// Made without this code: `printf abc | openssl dgst -sha256 -hmac secret -binary | base64`.
    const ABC: &str = "mana.session_token=abc.mUba1OAOkT%2FIvo5dP34RCkqegy%2BD%2BwnDRShdeGONig4%3D";

    #[test]
    fn a_cookie_is_written_as_better_auth_writes_it() {
        let written = cookies("secret").set("abc");
        let expected = format!("{ABC}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(written.to_str().unwrap(), expected);
        let secure = SessionCookies::new(&"secret".into(), true).set("abc");
        assert_eq!(secure.to_str().unwrap(), format!("{expected}; Secure"));
    }

    #[test]
    fn a_cookie_is_read_under_its_own_secret_alone() {
        let ours = cookies("secret");
        assert_eq!(read(&ours, ABC).as_deref(), Some("abc"));
        assert_eq!(read(&ours, &format!("theme=dark; {ABC}; x=1")).as_deref(), Some("abc"));
        assert_eq!(read(&ours, &format!("mana.session_token=stale.AAAA; {ABC}")).as_deref(), Some("abc"));
        let plain = "mana.session_token=abc.mUba1OAOkT/Ivo5dP34RCkqegy+D+wnDRShdeGONig4=";
        assert_eq!(read(&ours, plain).as_deref(), Some("abc"), "a client may have decoded it");
        assert_eq!(read(&cookies("other"), ABC), None);
        for bad in ["", "abc", "abc.", "abc.!!", "abd.mUba1OAOkT%2FIvo5dP34RCkqegy%2BD%2BwnDRShdeGONig4%3D"] {
            assert_eq!(read(&ours, &format!("mana.session_token={bad}")), None, "{bad:?}");
        }
    }
}
