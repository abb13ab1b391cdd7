//! The caller's spaces. Asked of auth; nothing here changes one.

use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::{Effect, Fault, ToolContext, ToolSpec};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new(
            "spaces.list",
            Effect::Read,
            "List the spaces that the caller is a member of. `activeSpaceId` is the one that this session's tools act in.",
            list,
        )
        .titled("List spaces"),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Serialize, JsonSchema)]
struct Space {
    id: String,
    name: String,
    slug: String,
    /// personal, brand, club, family, team or practice.
    r#type: &'static str,
    /// owner, admin or member.
    role: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Many {
    spaces: Vec<Space>,
    active_space_id: String,
}

async fn list(_: Nothing, call: ToolContext) -> Result<Many, Fault> {
    let spaces = call.services.auth.spaces(call.token.expose_secret()).await.map_err(Fault::of_auth)?;
    let spaces = spaces.into_iter().map(|space| Space {
        id: space.id,
        name: space.name,
        slug: space.slug,
        r#type: space.metadata.space_type.as_str(),
        role: space.role,
    });
    Ok(Many { spaces: spaces.collect(), active_space_id: call.space_id.to_string() })
}
