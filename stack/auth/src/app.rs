//! What every route needs, opened once.

use std::{ops::Deref, sync::Arc};

use chrono::{DateTime, Utc};
use stack_crypto::Keyring;
use stack_http::{Clock, Database, ServiceKey};

use crate::{
    AuthError, Config, cookies::SessionCookies, lockout::Lockout, origins::Origins, passwords::Passwords, sign_up,
    signer::Signer, sync_eraser::SyncEraser, tables,
};

/// The service's state; clones share it.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Database,
    clock: Clock,
    pub(crate) cookies: SessionCookies,
    pub(crate) keys: Keyring,
    pub(crate) lockout: Lockout,
    pub(crate) origins: Origins,
    pub(crate) passwords: Passwords,
    pub(crate) require_verification: bool,
    pub(crate) service_key: ServiceKey,
    pub(crate) signer: Signer,
    pub(crate) sync: Option<SyncEraser>,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    /// The present moment, as finely as it is stored: what is answered is what a later read finds.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }
}

impl App {
    /// Opens the database and whatever else the configuration names.
    pub(crate) async fn open(config: Config) -> Result<Self, AuthError> {
        config.check()?;
        let db = Database::open(&config.database_url).await.map_err(AuthError::Database)?;
        db.migrate(&tables::SCHEMA).await.map_err(AuthError::Database)?;
        let signer = Signer::load(&db, &config.keys, &config.public_url, config.clock).await?;
        let sync = config.sync_url.as_ref().map(|url| SyncEraser::new(url, config.service_key.clone())).transpose()?;
        let app = Self(Arc::new(Inner {
            db,
            clock: config.clock,
            cookies: SessionCookies::new(&config.secret, config.production),
            keys: config.keys,
            lockout: Lockout::default(),
            origins: Origins::new(&config.public_url, &config.web_origins),
            passwords: Passwords::start().await.map_err(|e| AuthError::Password(e.to_string()))?,
            require_verification: config.require_verification,
            service_key: config.service_key,
            signer,
            sync,
        }));
        if let Some(admin) = &config.admin {
            sign_up::ensure_admin(&app, admin).await?;
        }
        Ok(app)
    }
}
