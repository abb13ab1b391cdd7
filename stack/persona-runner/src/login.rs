//! Logging a persona in, and finding the space it lives in.

use secrecy::{ExposeSecret, SecretString};
use stack_api::spaces::SpaceType;
use stack_client::{AuthClient, ClientError};
use stack_crypto::persona_password;

/// A persona that is logged in.
pub(crate) struct LoggedIn {
    /// Id of the account.
    pub(crate) user_id: String,
    /// Opens the gateway.
    pub(crate) access_token: SecretString,
    /// The personal space.
    pub(crate) space_id: String,
}

/// Why a persona is not logged in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginError {
    #[error("cannot log in: {0}")]
    Login(#[source] Box<ClientError>),
    #[error("cannot list the spaces: {0}")]
    Spaces(#[source] Box<ClientError>),
    #[error("has no personal space among its {0}")]
    NoPersonalSpace(usize),
}

/// Logs in with the derived password.
pub(crate) async fn log_in(auth: &AuthClient, email: &str, seed_secret: &SecretString) -> Result<LoggedIn, LoginError> {
    let password = persona_password(email, seed_secret.expose_secret());
    let (login, _) = auth.login(email, &password).await.map_err(|error| LoginError::Login(Box::new(error)))?;
    let spaces = auth.spaces(&login.access_token).await.map_err(|error| LoginError::Spaces(Box::new(error)))?;
    let personal = spaces.iter().find(|space| space.metadata.space_type == SpaceType::Personal);
    let space_id = personal.ok_or(LoginError::NoPersonalSpace(spaces.len()))?.id.clone();
    Ok(LoggedIn { user_id: login.user.id, access_token: login.access_token.into(), space_id })
}
