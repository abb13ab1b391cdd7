//! What every service of the stack is made of: a clock, a database, token checks, space membership, cross-origin rules,
//! what operators ask of it, and a server that ends in time.
//!
//! Knows no service: each brings its own routes, tables and error texts.

pub mod checked_tokens;
pub mod clock;
pub mod cors;
pub mod database;
pub mod membership;
pub mod operations;
pub mod outage;
pub mod principal;
pub mod routes;
pub mod schema;
pub mod serve;
pub mod service_key;
pub mod token;

pub use checked_tokens::CheckedTokens;
pub use clock::Clock;
pub use database::{Database, DatabaseError};
pub use membership::{MembershipError, Memberships};
pub use operations::{Need, Operations};
pub use outage::Outage;
pub use principal::Principal;
pub use routes::Routes;
pub use schema::{Migration, Schema};
pub use service_key::ServiceKey;
pub use token::{LEEWAY, TokenError, TokenVerifier, bearer};
