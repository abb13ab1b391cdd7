//! Every fact that two programs of the stack must agree on: wire shapes, routes, error codes, token claims, ports,
//! collections and the test ids of the user interface.
//!
//! Pure data: no I/O, no clock, no crypto. A service and its clients use the same types, so a shape that drifts does
//! not compile. `docs` beside a type names the caller that depends on a surprising detail.

pub mod auth;
pub mod collections;
pub mod health;
pub mod mcp;
pub mod notifications;
pub mod openapi;
pub mod pages;
pub mod personas;
pub mod routes;
pub mod runner;
pub mod spaces;
pub mod sync;
pub mod test_ids;
pub mod vault;

pub use health::{Check, Health, Readiness, RegistryHealth};
use serde::{Deserialize, Serialize};

/// The ports the services listen on unless told otherwise.
pub mod ports {
    /// Accounts, sessions, tokens, spaces, vault, personas.
    pub const AUTH: u16 = 3001;
    /// The last-write-wins store.
    pub const SYNC: u16 = 3050;
    /// The MCP gateway.
    pub const MCP: u16 = 3069;
    /// The persona runner.
    pub const RUNNER: u16 = 3070;
    /// The pages.
    pub const WEB: u16 = 5173;
}

/// Where the five services of one running stack are: the JSON that `stack up --addresses FILE` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// Base URL of auth.
    pub auth: String,
    /// Base URL of sync.
    pub sync: String,
    /// Base URL of the MCP gateway (its endpoint is `/mcp`).
    pub mcp: String,
    /// Base URL of the persona runner.
    pub runner: String,
    /// Base URL of the pages.
    pub web: String,
}
