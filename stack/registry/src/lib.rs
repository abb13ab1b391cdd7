//! The tools that agents call: what each is named, what it takes and gives, and what it does.
//!
//! A tool is a [`ToolSpec`] in the file of its module ([`modules`]); [`Registry`] finds it, checks the arguments against
//! its schema and runs it. Tools act as the user who calls: every read and write goes to auth and sync with the
//! caller's own token, and what is encrypted is encrypted here, under the caller's own key.
//!
//! Knows nothing of MCP or HTTP servers: the gateway hands in a name, arguments and a [`ToolContext`].

mod arguments;
mod context;
mod error;
mod master_keys;
pub mod modules;
mod nearest;
pub mod policy;
mod records;
mod registry;
mod schema;
mod shape;
mod spec;

pub use context::{Services, ToolContext};
pub use error::{ArgumentFault, Fault, ToolError};
pub use master_keys::MasterKeys;
pub use policy::{Policy, PolicyMode};
pub use registry::{Registry, RegistryError};
pub use spec::{Effect, Scope, ToolSpec};
