//! `GET /api/v1/me/encryption-vault/spaces/{id}/key`: the key of a shared space, for its members alone.
//!
//! What members write into a space of theirs is under the space's key, so that each of them reads it; what is in a
//! personal space stays under its owner's master key. The key is made when it is first asked for, rests wrapped as master
//! keys do, and goes with its space. Each time it is given away it is noted who got it.
//!
//! Who is no member any more gets it no more, and nothing from sync either. It is not changed then: whatever is under it
//! would have to be written anew.
//!
//! The server can open this key. A user in zero-knowledge mode has asked for the contrary, so such a user is refused.

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use stack_api::{
    auth::ErrorCode,
    spaces::SpaceType,
    vault::{FORMAT_VERSION, KeyAnswer, VaultKey},
};
use stack_crypto::MasterKey;

use super::{
    organizations::{bad_request, forbidden, no_space},
    vault::{tag_of, tagged, unchanged},
};
use crate::{
    app::App,
    callers::ByToken,
    path_id::PathId,
    refusal::{Refusal, fault},
    tables::{
        members, space_keys, spaces,
        vault_audit::{self, Action, Entry, Outcome},
        vaults::{self, VaultRow},
        wraps::{ServerWrap, Wraps},
    },
};

const OPENING: &str = "opening a space's key";

/// Gives the key. Who names the tag of the one they have hears 304 while it is the same, and is still a member.
pub(crate) async fn key(
    State(app): State<App>,
    ByToken(caller, _): ByToken,
    PathId(id): PathId,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let user_id = &caller.user.id;
    // A space that is not there and one that is closed to the caller look alike.
    let member = members::one(app.db.pool(), &id, user_id).await.map_err(fault(OPENING))?;
    member.ok_or_else(|| forbidden(ErrorCode::UserIsNotAMemberOfTheOrganization, "not a member of that space"))?;
    let space = spaces::by_id(app.db.pool(), &id).await.map_err(fault(OPENING))?.ok_or_else(no_space)?;
    if space.metadata.space_type == SpaceType::Personal {
        let message = "a personal space has no key of its own: what it holds is under its owner's master key";
        return Err(bad_request(ErrorCode::Validation, message));
    }
    let known = space_keys::of(app.db.pool(), &id).await.map_err(fault(OPENING))?;
    let vault = vaults::of(app.db.pool(), user_id).await.map_err(fault(OPENING))?;
    let locked = vault.as_ref().is_some_and(VaultRow::is_zero_knowledge);
    if let Some(same) = unchanged(&headers, known.as_ref().and_then(tag_of).filter(|_| !locked)) {
        return Ok(same);
    }

    let name = Wraps::SpaceKeys.wrap_name(&id);
    let mut tx = app.db.write().await.map_err(fault(OPENING))?;
    let (outcome, answer) = if locked {
        let message =
            "in zero-knowledge mode: the server could open what is under a space's key; leave that mode first";
        (Outcome::Refused, Err(Refusal::coded_twice(StatusCode::CONFLICT, ErrorCode::ZkActive, message)))
    } else {
        let fresh = ServerWrap { wrapped: app.keys.wrap(&MasterKey::generate(), &name), kek_id: app.keys.id() };
        let made =
            space_keys::insert_if_first(tx.connection(), &id, &fresh, app.now()).await.map_err(fault(OPENING))?;
        let stored = space_keys::of(tx.connection(), &id).await.map_err(fault(OPENING))?.ok_or_else(no_space)?;
        match app.keys.unwrap(&stored.wrapped, &name) {
            Ok(key) => {
                let (master_key, tag) = (key.to_base64().to_string(), tag_of(&stored));
                let key = VaultKey { master_key, format_version: FORMAT_VERSION, kek_id: stored.kek_id };
                let outcome = if made { Outcome::Made } else { Outcome::Given };
                (outcome, Ok(tagged(KeyAnswer::Usable(key), tag)))
            }
            Err(error) => (Outcome::Unreadable, Err(fault("unwrapping a space's key")(error))),
        }
    };
    let entry =
        Entry { user_id, session_id: &caller.session.id, space_id: Some(&id), action: Action::SpaceKey, outcome };
    vault_audit::insert(tx.connection(), entry, app.now())
        .await
        .map_err(fault("noting who asked for a space's key"))?;
    tx.commit().await.map_err(fault(OPENING))?;
    answer
}
