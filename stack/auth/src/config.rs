//! What the service must be told. Read from the environment by the `stack` program and handed in; no default hides here.

use secrecy::{ExposeSecret, SecretString};
use stack_crypto::Keyring;
use stack_http::{Clock, ServiceKey};
use url::Url;

use crate::AuthError;

/// Shortest secret that production takes, in bytes: as long as the HMAC it keys.
const PRODUCTION_SECRET_MIN: usize = 32;

/// How one auth service is set up.
#[derive(Clone)]
pub struct Config {
    /// `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// The service's base URL: the issuer of its tokens.
    pub public_url: Url,
    /// Web pages that may call with cookies.
    pub web_origins: Vec<Url>,
    /// Signs the session cookie. Another one ends every cookie.
    pub secret: SecretString,
    /// What services show on internal routes.
    pub service_key: ServiceKey,
    /// Wrap master keys and the signing key at rest.
    pub keys: Keyring,
    /// The stack's clock.
    pub clock: Clock,
    /// Whether cookies ask for HTTPS and weak secrets are refused.
    pub production: bool,
    /// Whether an account logs in only after its e-mail is verified.
    pub require_verification: bool,
    /// The sync service, so that a deleted persona's records go too. None: there is no sync service.
    pub sync_url: Option<Url>,
    /// The account made on start when it is missing.
    pub admin: Option<AdminAccount>,
}

/// The account that may use the admin routes.
#[derive(Clone)]
pub struct AdminAccount {
    /// Its e-mail.
    pub email: String,
    /// Its password, used when the account is new.
    pub password: SecretString,
}

impl Config {
    /// Refuses what would run but not be safe.
    pub(crate) fn check(&self) -> Result<(), AuthError> {
        let least = if self.production { PRODUCTION_SECRET_MIN } else { 1 };
        let length = self.secret.expose_secret().len();
        if length < least {
            return Err(AuthError::WeakSecret { length, least });
        }
        for url in [Some(&self.public_url), self.sync_url.as_ref()].into_iter().flatten() {
            if url.cannot_be_a_base() {
                return Err(AuthError::BaseUrl { url: url.clone() });
            }
        }
        Ok(())
    }
}
