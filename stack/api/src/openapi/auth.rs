//! The operations of the auth service.

use super::{Caller, Operation, TRY_AGAIN};
use crate::{
    auth::{
        AUTH_JWT_HEADER, ErrorBody, Jwks, LoginRequest, LoginResponse, OnboardingCompleted, RefreshRequest,
        RegisterRequest, RegisterResponse, SessionAndUser, SignInResponse, StatusBody, Success, TokenPair,
        TokenResponse, ValidateRequest, ValidateResponse,
    },
    personas::{
        ActionsRequest, ClaimRequest, DueResponse, FeedbackRequest, PersonaDeleted, PersonaDetail, PersonaList,
        PersonaMemory, PersonaUpsert, PersonaUpserted, Refused, Released, ValidationError, Written,
    },
    routes,
    spaces::{
        AcceptInvitation, ActiveMember, CreateSpace, DeleteSpace, Invitation, InvitationAccepted, InviteMember,
        Organization, SetActive, Space, SpaceCreated,
    },
    vault::{Done, KeyAnswer, RecoveryWrapRequest, VaultKey, VaultStatus, ZeroKnowledgeRequest, ZeroKnowledgeSet},
};

const SETS_COOKIE: (&str, &str) = ("Set-Cookie", "Begins, prolongs or ends the session's cookie.");

pub(super) fn operations() -> Vec<Operation> {
    [sessions(), tokens(), spaces(), vault(), admin(), internal()].concat()
}

fn sessions() -> Vec<Operation> {
    let (cookie, why) = SETS_COOKIE;
    let lockable = |operation: Operation| {
        let operation = operation.refuses::<ErrorBody>(&[401, 429]);
        operation.with("Retry-After", "Seconds until another try is allowed.")
    };
    vec![
        change(routes::REGISTER, "Makes an account; a known e-mail gets the same answer")
            .takes::<RegisterRequest>()
            .says::<RegisterResponse>(200)
            .refuses::<ErrorBody>(BAD_BODY),
        lockable(
            change(routes::LOGIN, "Logs in: both tokens, and the session cookie")
                .takes::<LoginRequest>()
                .says::<LoginResponse>(200)
                .with(cookie, why)
                .refuses::<ErrorBody>(BAD_BODY),
        ),
        lockable(
            change(routes::SIGN_IN_EMAIL, "Logs in as Better Auth's own client does")
                .takes::<LoginRequest>()
                .says::<SignInResponse>(200)
                .with(cookie, why)
                .refuses::<ErrorBody>(BAD_BODY),
        ),
        read(routes::GET_SESSION, "The session behind the cookie, or null")
            .says::<Option<SessionAndUser>>(200)
            .with(cookie, why)
            .with(AUTH_JWT_HEADER, "A fresh access token."),
        change(routes::LOGOUT, "Ends the sessions that cookie and token prove").says::<Success>(200).with(cookie, why),
    ]
}

fn tokens() -> Vec<Operation> {
    vec![
        read(routes::TOKEN, "An access token for the cookie")
            .by(Caller::Cookie)
            .says::<TokenResponse>(200)
            .refuses::<ErrorBody>(&[401]),
        change(routes::SESSION_TO_TOKEN, "Both tokens for the cookie")
            .by(Caller::Cookie)
            .says::<TokenPair>(200)
            .refuses::<ErrorBody>(&[401]),
        change(routes::REFRESH, "Both tokens for the refresh token, or for the cookie where there is no body")
            .may_take::<RefreshRequest>()
            .says::<TokenPair>(200)
            .refuses::<ErrorBody>(BAD_BODY)
            .refuses::<ErrorBody>(&[401]),
        change(routes::VALIDATE, "The claims of an access token whose session lives")
            .takes::<ValidateRequest>()
            .says::<ValidateResponse>(200)
            .says::<ValidateResponse>(401)
            .refuses::<ErrorBody>(BAD_BODY),
        read(routes::JWKS, "The public keys that check access tokens").says::<Jwks>(200),
        read(routes::JWKS_V1, "The same keys at a second address").says::<Jwks>(200),
    ]
}

fn spaces() -> Vec<Operation> {
    let member = |operation: Operation| operation.by(Caller::TokenOrCookie).refuses::<ErrorBody>(&[401]);
    let with_body = |operation: Operation| member(operation).refuses::<ErrorBody>(BAD_BODY);
    vec![
        member(read(routes::ORGANIZATION_LIST, "The caller's spaces")).says::<Vec<Space>>(200),
        with_body(change(routes::ORGANIZATION_CREATE, "Makes a space").takes::<CreateSpace>())
            .says::<SpaceCreated>(200),
        with_body(change(routes::ORGANIZATION_INVITE, "Invites somebody into a space").takes::<InviteMember>())
            .says::<Invitation>(200),
        with_body(change(routes::ORGANIZATION_ACCEPT, "Accepts an invitation").takes::<AcceptInvitation>())
            .says::<InvitationAccepted>(200),
        with_body(
            change(routes::ORGANIZATION_SET_ACTIVE, "Puts the session in a space, or in none").takes::<SetActive>(),
        )
        .says::<Option<Organization>>(200),
        member(read(routes::ORGANIZATION_ACTIVE_MEMBER, "The caller's membership of the session's space"))
            .says::<ActiveMember>(200)
            .refuses::<ErrorBody>(&[400]),
        with_body(change(routes::ORGANIZATION_DELETE, "Deletes a space and all it holds").takes::<DeleteSpace>())
            .says::<Organization>(200)
            .refuses::<ErrorBody>(&[502]),
    ]
}

fn vault() -> Vec<Operation> {
    let own = |operation: Operation| operation.by(Caller::Token).refuses::<StatusBody>(&[401]);
    vec![
        own(change(routes::ONBOARDING_COMPLETE, "Notes that the caller went through onboarding"))
            .says::<OnboardingCompleted>(200),
        own(read(routes::VAULT_STATUS, "How the caller's vault stands")).says::<VaultStatus>(200),
        own(change(routes::VAULT_INIT, "Makes the vault when there is none, and gives its key")).says::<KeyAnswer>(200),
        own(read(routes::VAULT_KEY, "The master key, or what a recovery code opens"))
            .says::<KeyAnswer>(200)
            .refuses::<ErrorBody>(&[404]),
        own(change(routes::VAULT_ROTATE, "A new master key in the place of the old one"))
            .says::<VaultKey>(200)
            .refuses::<ErrorBody>(&[404, 409]),
        own(change(routes::VAULT_RECOVERY_WRAP, "Stores what a recovery code opens").takes::<RecoveryWrapRequest>())
            .says::<Done>(200)
            .refuses::<ErrorBody>(BAD_BODY)
            .refuses::<ErrorBody>(&[404, 409]),
        own(remove(routes::VAULT_RECOVERY_WRAP, "Forgets what the recovery code opens"))
            .says::<Done>(200)
            .refuses::<ErrorBody>(&[404, 409]),
        own(change(routes::VAULT_ZERO_KNOWLEDGE, "Enters or leaves zero-knowledge mode")
            .takes::<ZeroKnowledgeRequest>())
        .says::<ZeroKnowledgeSet>(200)
        .refuses::<ErrorBody>(BAD_BODY)
        .refuses::<ErrorBody>(&[404]),
        own(read(routes::VAULT_SPACE_KEY, "The key of a shared space, for its members"))
            .says::<VaultKey>(200)
            .refuses::<ErrorBody>(&[400, 403, 409]),
    ]
}

fn admin() -> Vec<Operation> {
    let admin =
        |operation: Operation| operation.by(Caller::Token).refuses::<StatusBody>(&[401]).refuses::<Refused>(&[403]);
    vec![
        admin(read(routes::ADMIN_PERSONAS, "All personas")).says::<PersonaList>(200),
        admin(change(routes::ADMIN_PERSONAS, "Makes or updates a persona by its e-mail").takes::<PersonaUpsert>())
            .says::<PersonaUpserted>(200)
            .refuses::<ValidationError>(&[400])
            .refuses::<ErrorBody>(BAD_BODY),
        admin(read(routes::ADMIN_PERSONA, "One persona, its last actions and its ratings"))
            .says::<PersonaDetail>(200)
            .refuses::<ErrorBody>(&[400])
            .refuses::<Refused>(&[404]),
        admin(remove(routes::ADMIN_PERSONA, "Deletes a persona and all it has"))
            .says::<PersonaDeleted>(200)
            .refuses::<ErrorBody>(&[400])
            .refuses::<Refused>(&[400, 404, 502]),
    ]
}

fn internal() -> Vec<Operation> {
    let service = |operation: Operation| operation.by(Caller::Service).refuses::<Refused>(&[401]);
    let reported = |operation: Operation| {
        let operation = service(operation).says::<Written>(200).refuses::<Refused>(&[404]);
        operation.refuses::<ValidationError>(&[400]).refuses::<ErrorBody>(BAD_BODY)
    };
    vec![
        service(read(routes::INTERNAL_DUE, "Personas whose day has come")).says::<DueResponse>(200),
        service(change(routes::INTERNAL_CLAIMS, "Gives due personas to one runner until its claim runs out"))
            .takes::<ClaimRequest>()
            .says::<DueResponse>(200)
            .refuses::<ValidationError>(&[400])
            .refuses::<ErrorBody>(BAD_BODY),
        service(remove(routes::INTERNAL_CLAIM, "Ends what a runner still claims")).says::<Released>(200),
        service(read(routes::INTERNAL_MEMORY, "What a persona did and thought lately"))
            .says::<PersonaMemory>(200)
            .refuses::<Refused>(&[404]),
        reported(change(routes::INTERNAL_ACTIONS, "Stores a tick's tool calls").takes::<ActionsRequest>()),
        reported(change(routes::INTERNAL_FEEDBACK, "Stores a tick's ratings").takes::<FeedbackRequest>()),
    ]
}

/// What any route with a body may say to it: not understood, broken off, too large.
const BAD_BODY: &[u16] = &[400, 413];

fn read(path: &'static str, summary: &'static str) -> Operation {
    may_fail(Operation::get(path, summary))
}

/// Requests that change something are refused when a foreign web page makes them.
fn change(path: &'static str, summary: &'static str) -> Operation {
    may_fail(Operation::post(path, summary)).refuses::<ErrorBody>(&[403])
}

fn remove(path: &'static str, summary: &'static str) -> Operation {
    may_fail(Operation::delete(path, summary)).refuses::<ErrorBody>(&[403])
}

/// By a fault of the service, or because its database is out of reach or full: also reads note that they were made.
fn may_fail(operation: Operation) -> Operation {
    let (header, why) = TRY_AGAIN;
    let operation = operation.refuses::<ErrorBody>(&[500, 503]).with(header, why);
    operation.refuses::<ErrorBody>(&[507]).with(header, why)
}
