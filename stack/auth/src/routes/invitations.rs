//! `POST /api/auth/organization/invite-member` and `accept-invitation`: how somebody comes into a space.

use axum::{Json, extract::State};
use chrono::TimeDelta;
use sqlx::AnyConnection;
use stack_api::{
    auth::ErrorCode,
    spaces::{AcceptInvitation, Invitation, InvitationAccepted, InvitationStatus, InviteMember, SpaceRole, SpaceType},
};

use super::organizations::{bad_request, forbidden, no_space};
use crate::{
    app::App,
    callers::{ByTokenOrCookie, LiveSession},
    json_body::JsonBody,
    refusal::{Refusal, fault},
    sign_up,
    tables::{invitations, members, new_id, sessions, spaces},
};

/// How long an invitation waits: Better Auth's default.
const WAITS: TimeDelta = TimeDelta::hours(48);
const INVITING: &str = "inviting somebody into a space";

/// `invite-member`: an owner or admin asks an e-mail into a space, into which no account needs to lead yet.
pub(crate) async fn invite(
    State(app): State<App>,
    ByTokenOrCookie(caller): ByTokenOrCookie,
    JsonBody(body): JsonBody<InviteMember>,
) -> Result<Json<Invitation>, Refusal> {
    let email = sign_up::normalised(&body.email);
    if let Some(fault) = sign_up::email_fault(&email) {
        return Err(bad_request(ErrorCode::InvalidEmail, format!("email {fault}")));
    }
    let role = body.role.role();
    let role = role.map_err(|words| bad_request(ErrorCode::RoleNotFound, format!("there is no role {words:?}")))?;
    let space_id = body.organization_id.or_else(|| caller.session.active_space_id.clone()).ok_or_else(no_space)?;
    let mut tx = app.db.write().await.map_err(fault(INVITING))?;
    check_inviter(tx.connection(), &caller, &space_id, role).await?;
    if members::has_email(tx.connection(), &space_id, &email).await.map_err(fault(INVITING))? {
        let message = format!("{email} is a member already");
        return Err(bad_request(ErrorCode::UserIsAlreadyAMemberOfThisOrganization, message));
    }
    let wanted = Invitation {
        id: new_id(),
        organization_id: space_id,
        email,
        role,
        status: InvitationStatus::Pending,
        inviter_id: caller.user.id,
        expires_at: app.now() + WAITS,
        created_at: app.now(),
    };
    let invitation = open(tx.connection(), wanted, body.resend == Some(true), &app).await?;
    tx.commit().await.map_err(fault(INVITING))?;
    Ok(Json(invitation))
}

/// Whether the caller may ask somebody into the space as `role`.
async fn check_inviter(
    db: &mut AnyConnection,
    caller: &LiveSession,
    space_id: &str,
    role: SpaceRole,
) -> Result<(), Refusal> {
    let member = members::one(&mut *db, space_id, &caller.user.id).await.map_err(fault(INVITING))?;
    let own = member.ok_or_else(|| bad_request(ErrorCode::MemberNotFound, "not a member of that space"))?.role;
    let space = spaces::by_id(db, space_id).await.map_err(fault(INVITING))?.ok_or_else(no_space)?;
    let refused = |message: &str| forbidden(ErrorCode::YouAreNotAllowedToInviteUsersToThisOrganization, message);
    if space.metadata.space_type == SpaceType::Personal {
        return Err(refused("a personal space is its owner's alone"));
    }
    if !own.may_invite() {
        return Err(refused("members do not invite; owners and admins do"));
    }
    if !own.may_invite_as(role) {
        let message = format!("an {} does not invite an {}", own.as_str(), role.as_str());
        return Err(forbidden(ErrorCode::YouAreNotAllowedToInviteUserWithThisRole, message));
    }
    Ok(())
}

/// Stores the invitation, or prolongs the one that is open where that is asked for. One that has expired makes room.
async fn open(db: &mut AnyConnection, wanted: Invitation, resend: bool, app: &App) -> Result<Invitation, Refusal> {
    let earlier = invitations::open_for(&mut *db, &wanted.organization_id, &wanted.email).await;
    match earlier.map_err(fault(INVITING))? {
        Some(earlier) if earlier.expires_at <= app.now() => {
            invitations::delete(&mut *db, &earlier.id).await.map_err(fault(INVITING))?;
        }
        // Prolonged as it is: an admin must not turn an owner's invitation into another one.
        Some(earlier) if resend && earlier.role <= wanted.role => {
            invitations::prolong(db, &earlier.id, wanted.expires_at).await.map_err(fault(INVITING))?;
            return Ok(Invitation { expires_at: wanted.expires_at, ..earlier });
        }
        Some(_) | None => {}
    }
    if invitations::insert(db, &wanted).await.map_err(fault(INVITING))? {
        return Ok(wanted);
    }
    let message = format!("{} has an open invitation", wanted.email);
    Err(bad_request(ErrorCode::UserIsAlreadyInvitedToThisOrganization, message))
}

/// `accept-invitation`: by the account with the invited e-mail, once, in time. The caller's session goes to the space.
pub(crate) async fn accept(
    State(app): State<App>,
    ByTokenOrCookie(LiveSession { session, user }): ByTokenOrCookie,
    JsonBody(body): JsonBody<AcceptInvitation>,
) -> Result<Json<InvitationAccepted>, Refusal> {
    let accepting = "accepting an invitation";
    let gone = || bad_request(ErrorCode::InvitationNotFound, "there is no such open invitation");
    let mut tx = app.db.write().await.map_err(fault(accepting))?;
    let invitation = invitations::by_id(tx.connection(), &body.invitation_id).await.map_err(fault(accepting))?;
    let open = |one: &Invitation| one.status == InvitationStatus::Pending && one.expires_at > app.now();
    let invitation = invitation.filter(open).ok_or_else(gone)?;
    if invitation.email != user.email {
        let message = "the invitation is for another e-mail";
        return Err(forbidden(ErrorCode::YouAreNotTheRecipientOfTheInvitation, message));
    }
    if !invitations::accept(tx.connection(), &invitation.id).await.map_err(fault(accepting))? {
        return Err(gone());
    }
    let space_id = &invitation.organization_id;
    let member = members::insert(tx.connection(), space_id, &user.id, invitation.role, app.now()).await;
    let member = member.map_err(fault(accepting))?;
    sessions::set_active(tx.connection(), &session.id, Some(space_id)).await.map_err(fault(accepting))?;
    tx.commit().await.map_err(fault(accepting))?;
    let invitation = Invitation { status: InvitationStatus::Accepted, ..invitation };
    Ok(Json(InvitationAccepted { invitation, member }))
}
