//! `DELETE /internal/users/{id}` and `DELETE /internal/spaces/{id}`: called by auth when a user or a space is deleted;
//! `X-Service-Key`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use stack_api::sync::{Compacted, ErasedSpace, ErasedUser};

use super::parameters;
use crate::{refusal::Refusal, service::Service};

pub(super) async fn erase_user(
    State(service): State<Arc<Service>>,
    Path(user_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ErasedUser>, Refusal> {
    if !service.service_key.admits(&headers) {
        return Err(Refusal::ServiceKey);
    }
    let user_id = parameters::name("user id", user_id)?;
    let changes = service.store.erase(&user_id, service.clock).await?;
    Ok(Json(ErasedUser { ok: true, changes }))
}

pub(super) async fn erase_space(
    State(service): State<Arc<Service>>,
    Path(space_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ErasedSpace>, Refusal> {
    if !service.service_key.admits(&headers) {
        return Err(Refusal::ServiceKey);
    }
    let space_id = parameters::name("space id", space_id)?;
    // Before the erasure: what comes after it is checked against auth, which no longer names its members.
    service.forget_space(&space_id);
    let changes = service.store.erase_space(&space_id, service.clock).await?;
    Ok(Json(ErasedSpace { ok: true, changes }))
}

pub(super) async fn compact(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<Json<Compacted>, Refusal> {
    if !service.service_key.admits(&headers) {
        return Err(Refusal::ServiceKey);
    }
    let changes = service.compactor.pass_now().await?;
    Ok(Json(Compacted { ok: true, changes }))
}
