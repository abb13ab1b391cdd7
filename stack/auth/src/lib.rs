//! The auth service: accounts, sessions, tokens, spaces, vaults and personas.
//!
//! [`router`] is the whole of it: it opens the database, brings its tables up to date, loads the signing key and gives
//! the routes. Nothing runs beside them. What each route says is told by `stack_api`; here is who may hear it.
//!
//! Deliberately absent: what users write. Auth knows spaces and keys; records live in sync, which knows neither.

mod app;
mod cadence;
mod callers;
mod config;
mod cookies;
mod error;
mod json_body;
mod lockout;
mod origins;
mod passwords;
mod path_id;
mod persona_form;
mod refusal;
mod rewrap;
mod routes;
mod sign_up;
mod signer;
mod sync_eraser;
mod tables;
mod tick_form;

use axum::{Router, middleware};
use http::{HeaderValue, header};
use stack_http::{Need, Operations};
use tower_http::set_header::SetResponseHeaderLayer;

pub use config::{AdminAccount, Config};
pub use error::AuthError;
pub use rewrap::{Rewrapped, rewrap};
pub use tables::SCHEMA;

/// The service's routes, ready to be served.
///
/// # Errors
/// When the configuration is unsafe, the database cannot be opened or brought up to date, the signing key does not
/// open under the key-encryption key, or the admin's account cannot be made.
pub async fn router(config: Config) -> Result<Router, AuthError> {
    let cors = stack_http::cors::cors(&config.web_origins);
    let app = app::App::open(config).await?;
    let operations = Operations::new("auth", vec![Need::database(&app.db)]);
    // Nearly every answer is about one caller; none may rest in a cache between them.
    let no_store = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let router = routes::all()
        .merge(operations.routes())
        .layer(middleware::from_fn_with_state(app.clone(), origins::refuse_foreign_pages))
        .layer(cors)
        .layer(no_store)
        .with_state(app);
    Ok(operations.watch(router))
}
