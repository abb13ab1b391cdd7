//! `/api/auth/organization/*`: the caller's spaces. Who comes into one is told by [`super::invitations`].

use axum::{Json, extract::State};
use http::StatusCode;
use stack_api::{
    auth::ErrorCode,
    spaces::{
        ActiveMember, CreateSpace, DeleteSpace, Member, MemberUser, Organization, SetActive, Space, SpaceCreated,
        SpaceRole, SpaceType,
    },
};

use crate::{
    app::App,
    callers::{ByTokenOrCookie, LiveSession},
    json_body::JsonBody,
    refusal::{Refusal, fault},
    sign_up,
    tables::{
        members, new_id, sessions,
        spaces::{self, NewSpace},
    },
};

const SLUG_MAX: usize = 100;
const LOGO_MAX: usize = 2000;

/// `GET list`: the spaces that the caller is a member of, the personal one first.
pub(crate) async fn list(
    State(app): State<App>,
    ByTokenOrCookie(caller): ByTokenOrCookie,
) -> Result<Json<Vec<Space>>, Refusal> {
    spaces::of_member(app.db.pool(), &caller.user.id).await.map(Json).map_err(fault("reading the caller's spaces"))
}

/// `POST create`: the caller owns the new space, and the caller's session goes there unless it is to stay.
pub(crate) async fn create(
    State(app): State<App>,
    ByTokenOrCookie(caller): ByTokenOrCookie,
    JsonBody(body): JsonBody<CreateSpace>,
) -> Result<Json<SpaceCreated>, Refusal> {
    let space_type = space_type(body.metadata.as_ref())?;
    let name = body.name.trim();
    check(name, &body)?;
    let making = "making a space";
    let id = new_id();
    let space = NewSpace {
        id: &id,
        name,
        slug: &body.slug,
        logo: body.logo.as_deref(),
        space_type,
        // The plan is the caller's; one that the body names is nobody's to choose.
        tier: &caller.user.access_tier,
    };
    let mut tx = app.db.write().await.map_err(fault(making))?;
    // One moment: the space and its first membership begin together.
    let now = app.now();
    if !spaces::insert(tx.connection(), &space, now).await.map_err(fault(making))? {
        let message = format!("the slug {:?} is taken", body.slug);
        return Err(bad_request(ErrorCode::OrganizationAlreadyExists, message));
    }
    let member = members::insert(tx.connection(), &id, &caller.user.id, SpaceRole::Owner, now).await;
    let member = member.map_err(fault(making))?;
    if body.keep_current_active_organization != Some(true) {
        sessions::set_active(tx.connection(), &caller.session.id, Some(&id)).await.map_err(fault(making))?;
    }
    let organization = spaces::by_id(tx.connection(), &id).await.map_err(fault(making))?.ok_or_else(no_space)?;
    tx.commit().await.map_err(fault(making))?;
    Ok(Json(SpaceCreated { organization, members: vec![member] }))
}

/// The type that the metadata names. The personal space comes with the account: a second one would make it ambiguous.
fn space_type(metadata: Option<&serde_json::Value>) -> Result<SpaceType, Refusal> {
    let word = metadata.and_then(|metadata| metadata.get("type")).and_then(serde_json::Value::as_str);
    let made = |space_type: &SpaceType| *space_type != SpaceType::Personal;
    word.and_then(SpaceType::from_word).filter(made).ok_or_else(|| {
        let words: Vec<_> = SpaceType::ALL.into_iter().filter(made).map(SpaceType::as_str).collect();
        let message = format!("metadata.type must be one of {}", words.join(", "));
        bad_request(ErrorCode::SpaceMetadataInvalid, message)
    })
}

fn check(name: &str, body: &CreateSpace) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(Refusal::validation("name is empty"));
    }
    if let Some(fault) = sign_up::name_fault(name) {
        return Err(Refusal::validation(format!("name {fault}")));
    }
    let slug = &body.slug;
    if slug.is_empty() || slug.chars().count() > SLUG_MAX || slug.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Refusal::validation(format!("slug must have 1 to {SLUG_MAX} characters and no spaces")));
    }
    if body.logo.as_ref().is_some_and(|logo| logo.len() > LOGO_MAX) {
        return Err(Refusal::validation(format!("logo is longer than {LOGO_MAX} bytes")));
    }
    Ok(())
}

/// `POST set-active`: puts the caller's session in a space, or in none.
pub(crate) async fn set_active(
    State(app): State<App>,
    ByTokenOrCookie(caller): ByTokenOrCookie,
    JsonBody(body): JsonBody<SetActive>,
) -> Result<Json<Option<Organization>>, Refusal> {
    let choosing = "choosing a space";
    let mut tx = app.db.write().await.map_err(fault(choosing))?;
    let chosen = match (body.organization_id, body.organization_slug) {
        (Some(None), _) => None,
        (Some(Some(id)), _) => Some(spaces::by_id(tx.connection(), &id).await.map_err(fault(choosing))?),
        (None, Some(slug)) => Some(spaces::by_slug(tx.connection(), &slug).await.map_err(fault(choosing))?),
        (None, None) => match &caller.session.active_space_id {
            Some(id) => Some(spaces::by_id(tx.connection(), id).await.map_err(fault(choosing))?),
            None => None,
        },
    };
    if let Some(space) = &chosen {
        // A space that is not there and one that is closed to the caller look alike: slugs and ids cannot be probed.
        let id = space.as_ref().map_or("", |space| &space.id);
        let member = members::one(tx.connection(), id, &caller.user.id).await.map_err(fault(choosing))?;
        member.ok_or_else(|| forbidden(ErrorCode::UserIsNotAMemberOfTheOrganization, "not a member of that space"))?;
    }
    let chosen = chosen.flatten();
    let id = chosen.as_ref().map(|space| space.id.as_str());
    sessions::set_active(tx.connection(), &caller.session.id, id).await.map_err(fault(choosing))?;
    tx.commit().await.map_err(fault(choosing))?;
    Ok(Json(chosen))
}

/// `GET get-active-member`: the caller's membership of the space that the session is in.
pub(crate) async fn active_member(
    State(app): State<App>,
    ByTokenOrCookie(LiveSession { session, user }): ByTokenOrCookie,
) -> Result<Json<ActiveMember>, Refusal> {
    let reading = "reading the caller's membership";
    let none = || bad_request(ErrorCode::NoActiveOrganization, "the session is in no space");
    let id = session.active_space_id.ok_or_else(none)?;
    let member = members::one(app.db.pool(), &id, &user.id).await.map_err(fault(reading))?;
    let member = member.ok_or_else(|| bad_request(ErrorCode::MemberNotFound, "not a member of the session's space"))?;
    let user = MemberUser { id: user.id, name: user.name, email: user.email, image: user.image };
    Ok(Json(ActiveMember { member, user }))
}

/// `POST delete`: the space and all it holds, by an owner.
///
/// Sync forgets first, so that a failure leaves all as it was, and once more after the members are gone, so that what
/// one of them wrote meanwhile goes too.
pub(crate) async fn delete(
    State(app): State<App>,
    ByTokenOrCookie(caller): ByTokenOrCookie,
    JsonBody(body): JsonBody<DeleteSpace>,
) -> Result<Json<Organization>, Refusal> {
    let deleting = "deleting a space";
    let id = body.organization_id;
    let member = members::one(app.db.pool(), &id, &caller.user.id).await.map_err(fault(deleting))?;
    let Member { role, .. } = member
        .ok_or_else(|| bad_request(ErrorCode::UserIsNotAMemberOfTheOrganization, "not a member of that space"))?;
    let space = spaces::by_id(app.db.pool(), &id).await.map_err(fault(deleting))?.ok_or_else(no_space)?;
    if space.metadata.space_type == SpaceType::Personal {
        let message = "the personal space cannot be deleted; it goes with the account";
        return Err(forbidden(ErrorCode::SpacePersonalUndeletable, message));
    }
    if !role.may_delete() {
        let message = format!("a space is deleted by its owner, not by its {}", role.as_str());
        return Err(forbidden(ErrorCode::YouAreNotAllowedToDeleteThisOrganization, message));
    }
    erase(&app, &id).await?;
    let mut tx = app.db.write().await.map_err(fault(deleting))?;
    spaces::delete(tx.connection(), &id).await.map_err(fault(deleting))?;
    tx.commit().await.map_err(fault(deleting))?;
    erase(&app, &id).await?;
    Ok(Json(space))
}

async fn erase(app: &App, space_id: &str) -> Result<(), Refusal> {
    let Some(sync) = &app.sync else {
        tracing::warn!(space_id, "no sync service is configured; records of the space elsewhere stay");
        return Ok(());
    };
    sync.erase_space(space_id).await.map_err(|error| {
        tracing::error!(space_id, %error, "a space's records were not deleted");
        let message = "sync did not delete what the space holds; start sync and delete again";
        Refusal::coded_twice(StatusCode::BAD_GATEWAY, ErrorCode::Internal, message)
    })
}

pub(super) fn bad_request(code: ErrorCode, message: impl Into<String>) -> Refusal {
    Refusal::coded_twice(StatusCode::BAD_REQUEST, code, message)
}

pub(super) fn forbidden(code: ErrorCode, message: impl Into<String>) -> Refusal {
    Refusal::coded_twice(StatusCode::FORBIDDEN, code, message)
}

pub(super) fn no_space() -> Refusal {
    bad_request(ErrorCode::OrganizationNotFound, "there is no such space")
}
