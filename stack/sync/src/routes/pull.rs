//! `GET /sync/{appId}/pull?collection=&since=`: the changes of a collection behind a cursor.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use stack_api::sync::PullQuery;

use super::{answer, parameters};
use crate::{refusal::Refusal, service::Service, store::PageQuery};

pub(super) async fn pull(
    State(service): State<Arc<Service>>,
    Path(app_id): Path<String>,
    Query(PullQuery { collection, since }): Query<PullQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = service.caller(&headers).await?;
    if collection.is_empty() || since.is_empty() {
        return Err(Refusal::MissingCollectionOrSince);
    }
    let app_id = parameters::name("appId", app_id)?;
    let tables = [parameters::name("collection", collection)?];
    let since = parameters::cursor("since", &since)?;
    let reach = service.reach(&caller).await?;
    let (scopes, author) = (reach.scopes(), caller.author());
    let (caller, except) = (reach.principal(), author.as_ref());
    let query = PageQuery { app_id: &app_id, caller, scopes, tables: &tables, since, until: None, except };
    Ok(answer(&service.store.page(&query).await?))
}
