//! The id in a path.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use crate::{app::App, refusal::Refusal};

/// The path's one capture, such that both databases can be asked for it.
pub(crate) struct PathId(pub(crate) String);

impl FromRequestParts<App> for PathId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let id = Path::<String>::from_request_parts(parts, app).await.map(|Path(id)| id);
        let id = id.map_err(|e| Refusal::validation(format!("the id in the path: {e}")))?;
        // PostgreSQL has no place for it in a text, nor can be asked for it.
        if id.contains('\0') { Err(Refusal::validation("the id in the path has a NUL in it")) } else { Ok(Self(id)) }
    }
}
