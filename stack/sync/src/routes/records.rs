//! `GET /sync/{appId}/records?collection=&space=`: a collection as it is now, at the cost of its records.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer};
use stack_api::sync::{Record, RecordsQuery, RecordsResponse};

use super::parameters;
use crate::{
    merge::Fields,
    placing::{Misplaced, Scope},
    refusal::Refusal,
    service::Service,
};

/// The winning values of a record, in the order in which its fields first appeared.
struct Values<'a>(&'a Fields);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, field)| (name, &field.value)))
    }
}

pub(super) async fn records(
    State(service): State<Arc<Service>>,
    Path(app_id): Path<String>,
    Query(RecordsQuery { collection, space }): Query<RecordsQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = service.caller(&headers).await?;
    if collection.is_empty() {
        return Err(Refusal::MissingCollection);
    }
    let app_id = parameters::name("appId", app_id)?;
    let table = parameters::name("collection", collection)?;
    let space_id = parameters::name("space", space)?;

    let named = Some(space_id.as_str()).filter(|id| !id.is_empty());
    let reach = service.reach_naming(&caller, named.into_iter()).await?;
    let scopes = match named {
        None => reach.scopes().to_vec(),
        Some(id) if reach.holds(&Scope::space(id)) => vec![Scope::space(id)],
        Some(id) => return Err(Refusal::Misplaced(Misplaced::NotAMember { space_id: id.to_owned() })),
    };
    let (stored, until) = service.store.records(&reach.principal(), &app_id, &table, &scopes).await?;
    let records = stored.iter().map(|record| Record {
        table: table.clone(),
        id: record.id.clone(),
        space_id: record.scope.space_id().map(str::to_owned),
        data: Values(&record.fields),
    });
    Ok(Json(RecordsResponse { records: records.collect(), synced_until: until.to_string() }).into_response())
}
