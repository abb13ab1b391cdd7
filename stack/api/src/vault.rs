//! The encryption vault: where a user's master key rests, wrapped.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format of master keys that this stack makes.
pub const FORMAT_VERSION: u8 = 1;

/// `GET /api/v1/me/encryption-vault/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
    /// Whether `init` has run.
    pub vault_exists: bool,
    /// Whether a recovery wrap is set.
    pub has_recovery_wrap: bool,
    /// Whether the server keeps no usable key.
    pub zero_knowledge: bool,
    /// When the recovery wrap was set.
    pub recovery_set_at: Option<DateTime<Utc>>,
}

/// `POST init` and `GET key`: the master key, for its owner alone. `GET spaces/{id}/key`: a shared space's, for members.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VaultKey {
    /// 32 bytes, standard base64 with padding.
    pub master_key: String,
    /// [`FORMAT_VERSION`].
    pub format_version: u8,
    /// Which key-encryption key wraps it.
    pub kek_id: String,
}

/// `GET key` of a zero-knowledge user: the server keeps no usable key, only what a recovery code opens.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockedVaultKey {
    /// Always true.
    pub requires_recovery_code: bool,
    /// The master key, wrapped under the recovery code; base64.
    pub recovery_wrapped_mk: String,
    /// The nonce of that wrap; base64.
    pub recovery_iv: String,
    /// [`FORMAT_VERSION`].
    pub format_version: u8,
}

/// The two answers of `GET key` and `POST init`, told apart by their fields.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum KeyAnswer {
    /// The server could open the key.
    Usable(VaultKey),
    /// Only the recovery code opens it.
    Locked(LockedVaultKey),
}

/// `POST recovery-wrap`: made by the user's own program, so that the recovery code never travels.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryWrapRequest {
    /// The master key, wrapped under the recovery code; base64.
    pub recovery_wrapped_mk: String,
    /// The nonce of that wrap; base64.
    pub recovery_iv: String,
}

/// `POST zero-knowledge`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ZeroKnowledgeRequest {
    /// Whether the server is to keep no usable key.
    pub enable: bool,
    /// The key for the server to keep again; with `enable: false`. 32 bytes, base64.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub master_key: Option<String>,
}

/// `{"ok":true}`: the answer of both `recovery-wrap` routes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// Always true; failures are error bodies.
    pub ok: bool,
}

/// The answer of `POST zero-knowledge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ZeroKnowledgeSet {
    /// Always true; failures are error bodies.
    pub ok: bool,
    /// The mode the vault is in now.
    pub zero_knowledge: bool,
}
