//! What a service says of itself when an operator asks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The status of what is well.
pub const OK: &str = "ok";
/// The status of what is not.
pub const UNAVAILABLE: &str = "unavailable";

/// The answer of every service's `/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// `ok` when the service answers requests.
    pub status: String,
    /// The service's name, as in [`crate::Addresses`].
    pub service: String,
    /// The tool registry's state; the MCP gateway's alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub registry: Option<RegistryHealth>,
}

impl Health {
    /// A healthy `service`.
    #[must_use]
    pub fn ok(service: &str) -> Self {
        Self { status: OK.to_owned(), service: service.to_owned(), registry: None }
    }
}

/// The MCP gateway's tool registry, as `/health` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegistryHealth {
    /// Whether the tools are registered.
    pub loaded: bool,
    /// How many tools there are.
    pub tools: usize,
}

/// The answer of every service's `/health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readiness {
    /// [`OK`] when the service has all that it needs, else [`UNAVAILABLE`].
    pub status: String,
    /// The service's name, as in [`crate::Addresses`].
    pub service: String,
    /// What it needs; empty where it needs nothing.
    pub checks: Vec<Check>,
}

/// One need of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// `database`, or the name of another service.
    pub name: String,
    /// [`OK`] or [`UNAVAILABLE`].
    pub status: String,
}
