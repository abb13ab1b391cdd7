//! Accounts, sessions and tokens: what `/api/v1/auth/*` and `/api/auth/*` say.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name of the session cookie.
pub const SESSION_COOKIE: &str = "mana.session_token";
/// Life of a session and its cookie: seven days, in seconds.
pub const SESSION_SECONDS: i64 = 604_800;
/// Life of an access token, in seconds.
pub const ACCESS_TOKEN_SECONDS: i64 = 900;
/// The `aud` of every access token.
pub const AUDIENCE: &str = "mana";
/// The header in which `get-session` sends a fresh access token.
pub const AUTH_JWT_HEADER: &str = "set-auth-jwt";
/// Shortest password that registration accepts, in characters.
pub const PASSWORD_MIN: usize = 8;
/// Header that carries the shared secret of service-to-service calls.
pub const SERVICE_KEY_HEADER: &str = "x-service-key";

/// Error codes of `/api/v1/auth/*`. A closed list: clients switch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum ErrorCode {
    /// 400: a field is missing or of the wrong form.
    Validation,
    /// 400: the password is shorter than [`PASSWORD_MIN`].
    WeakPassword,
    /// 401: unknown user or wrong password; the two are not told apart.
    InvalidCredentials,
    /// 401: no session, or one that ended.
    Unauthorized,
    /// 403: the account's e-mail is not verified.
    EmailNotVerified,
    /// 429: too many failed log-ins.
    AccountLocked,
    /// 400: an organization without a type, or with an unknown one.
    SpaceMetadataInvalid,
    /// 403: a personal space cannot be deleted.
    SpacePersonalUndeletable,
    /// 403: the request comes from a web page that is not one of ours.
    InvalidOrigin,
    /// 403: a browser's request that does not say from which page it comes.
    MissingOrNullOrigin,
    /// 404: no such thing for this caller.
    NotFound,
    /// 404: the vault has no key yet.
    VaultNotInitialised,
    /// 409: a key that the server does not have cannot be rotated by it.
    ZkRotateForbidden,
    /// 409: the recovery wrap is the only way to the key, and stays as it is.
    ZkActive,
    /// 400: without a recovery wrap zero-knowledge would lose the key.
    RecoveryWrapMissing,
    /// 400: the slug is taken.
    OrganizationAlreadyExists,
    /// 400: there is no such space, or none is named.
    OrganizationNotFound,
    /// 400 or 403: the caller is no member of the space.
    UserIsNotAMemberOfTheOrganization,
    /// 400: the caller is no member of the space.
    MemberNotFound,
    /// 400: the session is in no space.
    NoActiveOrganization,
    /// 403: the caller's role does not invite.
    YouAreNotAllowedToInviteUsersToThisOrganization,
    /// 403: the caller's role does not invite somebody as that.
    YouAreNotAllowedToInviteUserWithThisRole,
    /// 403: the caller's role does not delete the space.
    YouAreNotAllowedToDeleteThisOrganization,
    /// 400: no such role.
    RoleNotFound,
    /// 400: who is invited is a member already.
    UserIsAlreadyAMemberOfThisOrganization,
    /// 400: who is invited has an open invitation.
    UserIsAlreadyInvitedToThisOrganization,
    /// 400: no such invitation, or it was accepted or has expired.
    InvitationNotFound,
    /// 403: the invitation is somebody else's.
    YouAreNotTheRecipientOfTheInvitation,
    /// 400: that is no e-mail address.
    InvalidEmail,
    /// 500: our fault; the log says which.
    Internal,
    /// 503: the database does not answer; try again.
    Unavailable,
    /// 507: the database is full; nothing was stored.
    StorageFull,
}

/// The body of an error under `/api/v1/auth/*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// What went wrong, for programs.
    pub error: ErrorCode,
    /// What went wrong, for people.
    pub message: String,
    /// The HTTP status again.
    pub status: u16,
    /// Seconds until another try is allowed, or may help; with [`ErrorCode::AccountLocked`], [`ErrorCode::Unavailable`]
    /// and [`ErrorCode::StorageFull`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_sec: Option<i64>,
    /// `error` again, where the original's clients look for it: the vault's and the spaces' routes alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<ErrorCode>,
}

/// The body of an error under `/api/v1/me` and of a missing token under `/api/v1/admin`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusBody {
    /// The HTTP status again.
    pub status_code: u16,
    /// What went wrong, for people.
    pub message: String,
}

/// What kind of being an account belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UserKind {
    /// A person.
    #[default]
    Human,
    /// One of the ten, or another test user that lives in the stack.
    Persona,
    /// The stack itself.
    System,
}

impl UserKind {
    /// The word stored in the database and sent on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Persona => "persona",
            Self::System => "system",
        }
    }
}

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Display name.
    pub name: String,
    /// E-mail, lower case.
    pub email: String,
    /// Whether the e-mail is verified.
    pub email_verified: bool,
    /// Avatar URL.
    pub image: Option<String>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether a second factor is asked for; always false here.
    pub two_factor_enabled: bool,
    /// Plan: `free`, `founder` …
    pub access_tier: String,
    /// Human, persona or system.
    pub kind: String,
    /// Opaque id.
    pub id: String,
}

/// `POST /api/v1/auth/register`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RegisterRequest {
    /// E-mail; compared without case.
    #[schemars(email)]
    pub email: String,
    /// Password in clear, over a trusted connection.
    #[schemars(length(min = PASSWORD_MIN))]
    pub password: String,
    /// Display name; the e-mail's local part when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
}

/// The answer of `register`: the same for new and for known e-mails, so accounts cannot be enumerated.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RegisterResponse {
    /// Always null: registering does not log in.
    pub token: Option<String>,
    /// The account.
    pub user: User,
}

/// `POST /api/v1/auth/login` and `POST /api/auth/sign-in/email`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LoginRequest {
    /// E-mail; compared without case.
    pub email: String,
    /// Password in clear, over a trusted connection.
    pub password: String,
}

/// The answer of `login`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginResponse {
    /// Always false: no redirect follows.
    pub redirect: bool,
    /// The opaque session token.
    pub token: String,
    /// Who logged in.
    pub user: User,
    /// A JWT for the other services.
    pub access_token: String,
    /// The same as `token`; `refresh` takes it.
    pub refresh_token: String,
}

/// The answer of `POST /api/auth/sign-in/email`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct SignInResponse {
    /// Always false: no redirect follows.
    pub redirect: bool,
    /// The opaque session token.
    pub token: String,
    /// Who signed in.
    pub user: User,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Opaque id; the token's `sid`.
    pub id: String,
    /// Whose.
    pub user_id: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last prolonged.
    pub updated_at: DateTime<Utc>,
    /// The space chosen by `set-active`.
    pub active_organization_id: Option<String>,
}

/// `GET /api/auth/get-session` with a good cookie; JSON `null` without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionAndUser {
    /// The session.
    pub session: Session,
    /// Its owner.
    pub user: User,
}

/// `GET /api/auth/token`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenResponse {
    /// A JWT.
    pub token: String,
}

/// `POST /api/v1/auth/session-to-token` and `/refresh`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenPair {
    /// A JWT.
    pub access_token: String,
    /// The session token.
    pub refresh_token: String,
}

/// `POST /api/v1/auth/refresh`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshRequest {
    /// The session token that log-in gave as `refreshToken`.
    pub refresh_token: String,
}

/// `POST /api/v1/me/onboarding/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnboardingCompleted {
    /// When the caller went through onboarding first.
    pub completed_at: DateTime<Utc>,
}

/// `POST /api/v1/auth/validate`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct ValidateRequest {
    /// A JWT.
    pub token: String,
}

/// The answer of `validate`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ValidateResponse {
    /// Whether the token holds.
    pub valid: bool,
    /// Its claims when it does.
    pub payload: Option<Claims>,
}

/// `{"success":true}`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Success {
    /// Always true; failures are error bodies.
    pub success: bool,
}

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claims {
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Id of the user.
    pub sub: String,
    /// E-mail of the user.
    pub email: String,
    /// `user` or `admin`.
    pub role: String,
    /// Id of the session.
    pub sid: String,
    /// Plan of the user.
    pub tier: String,
    /// Expires at, seconds since 1970.
    pub exp: i64,
    /// Base URL of auth.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
}

impl Claims {
    /// Whether the caller may use the admin routes.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role == "admin"
    }
}

/// `GET /api/auth/jwks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Jwks {
    /// The public keys that sign access tokens.
    pub keys: Vec<Jwk>,
}

/// One Ed25519 public key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The public key, base64url without padding.
    pub x: String,
    /// The key's id in token headers: its RFC 7638 thumbprint.
    pub kid: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub key_use: String,
}
