//! Why the service does not start. What a caller hears at run time is in `refusal`.

use stack_crypto::KeyError;
use stack_http::DatabaseError;
use url::Url;

/// A start that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The database cannot be opened or brought up to date.
    #[error(transparent)]
    Database(DatabaseError),
    /// A query on start failed.
    #[error("cannot {doing}: {source}")]
    Query {
        /// What the query is for.
        doing: &'static str,
        /// What went wrong.
        source: sqlx::Error,
    },
    /// The cookie secret is too short.
    #[error(
        "the cookie secret has {length} bytes, at least {least} are needed\nhelp: make one with `openssl rand -hex 32`"
    )]
    WeakSecret {
        /// How long it is.
        length: usize,
        /// How long it must be.
        least: usize,
    },
    /// A base URL that takes no path.
    #[error("{url} cannot be a service's base URL: it takes no path")]
    BaseUrl {
        /// The URL.
        url: Url,
    },
    /// The signing key in the database is another's.
    #[error(
        "the signing key {kid} was wrapped by {wrapped_by}, and does not open under {kek}: {source}\n\
         help: start with the key-encryption key of this database; while it is being changed, name the one before in \
         MANA_AUTH_KEK_PREVIOUS"
    )]
    SigningKey {
        /// Id of the signing key.
        kid: String,
        /// Name of the key-encryption key that wrapped it.
        wrapped_by: String,
        /// Names of those at hand.
        kek: String,
        /// What went wrong.
        source: KeyError,
    },
    /// A signing key cannot be made or read.
    #[error("the signing key is unusable: {0}")]
    Signer(String),
    /// The admin's e-mail or password would be refused at sign-up.
    #[error("the admin account {email} cannot be made: {reason}")]
    Admin {
        /// Its e-mail.
        email: String,
        /// Why not.
        reason: String,
    },
    /// Somebody else has the admin's e-mail.
    #[error(
        "the account {email} exists and is no admin's; it was not made by this program\n\
         help: choose another e-mail for the admin"
    )]
    AdminTaken {
        /// The e-mail.
        email: String,
    },
    /// A password cannot be hashed.
    #[error("cannot hash a password: {0}")]
    Password(String),
    /// The client that calls sync cannot be made.
    #[error("cannot make an HTTP client: {0}")]
    HttpClient(reqwest::Error),
}
