//! What an MCP request carries besides the protocol.

/// The header that names the space a call acts in; the personal space when absent.
pub const SPACE_HEADER: &str = "x-mana-space";
/// The error of a session id that belongs to another user.
pub const FOREIGN_SESSION: &str = "Session belongs to a different user";
/// Largest body of a request, in bytes.
pub const BODY_MAX: usize = 4 * 1024 * 1024;
/// `origin` of every change that a tool writes.
pub const AGENT_ORIGIN: &str = "agent";
