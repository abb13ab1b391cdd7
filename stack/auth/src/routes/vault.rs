//! `/api/v1/me/encryption-vault/*`: the caller's master key, for the caller's access token alone.
//!
//! Each call leaves a row in the audit before it is answered: a key that is not noted is not given, and a change that
//! was refused is noted too.

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sqlx::AnyConnection;
use stack_api::{
    auth::ErrorCode,
    vault::{
        Done, KeyAnswer, LockedVaultKey, RecoveryWrapRequest, VaultKey, VaultStatus, ZeroKnowledgeRequest,
        ZeroKnowledgeSet,
    },
};
use stack_crypto::MasterKey;
use zeroize::Zeroizing;

use crate::{
    app::App,
    callers::{ByToken, LiveSession},
    json_body::JsonBody,
    refusal::{Refusal, fault},
    tables::{
        vault_audit::{self, Action, Entry, Outcome},
        vaults::{self, RecoveryWrap, VaultRow},
        wraps::{ServerWrap, Wraps},
    },
};

const OPENING: &str = "opening a vault";
const CHANGING: &str = "changing a vault";
/// Bytes of a key's tag.
const TAG: usize = 12;
/// A nonce of AES-GCM, in bytes.
const IV: usize = 12;
/// A wrapped key with its tag at least, and what any wrap may need at most, in bytes.
const WRAP: std::ops::RangeInclusive<usize> = 48..=512;

/// `GET status`.
pub(crate) async fn status(State(app): State<App>, ByToken(caller, _): ByToken) -> Result<Json<VaultStatus>, Refusal> {
    let mut tx = app.db.write().await.map_err(fault(OPENING))?;
    let vault = vaults::of(tx.connection(), &caller.user.id).await.map_err(fault(OPENING))?;
    note(&app, tx.connection(), &caller, Action::Status, Outcome::Given).await?;
    tx.commit().await.map_err(fault(OPENING))?;
    let recovery = vault.as_ref().and_then(|vault| vault.recovery.as_ref());
    Ok(Json(VaultStatus {
        vault_exists: vault.is_some(),
        has_recovery_wrap: recovery.is_some(),
        zero_knowledge: vault.as_ref().is_some_and(VaultRow::is_zero_knowledge),
        recovery_set_at: recovery.and_then(|recovery| recovery.set_at),
    }))
}

/// `POST init`: makes the vault when there is none, and gives its key.
pub(crate) async fn init(State(app): State<App>, ByToken(caller, _): ByToken) -> Result<Response, Refusal> {
    let user_id = &caller.user.id;
    let fresh = wrap(&app, &MasterKey::generate(), user_id);
    let mut tx = app.db.write().await.map_err(fault(OPENING))?;
    let made = vaults::insert_if_first(tx.connection(), user_id, &fresh, app.now()).await.map_err(fault(OPENING))?;
    let vault = vaults::of(tx.connection(), user_id).await.map_err(fault(OPENING))?;
    let tag = vault.as_ref().and_then(tag);
    let opened = vault.ok_or_else(Refusal::no_vault).and_then(|vault| open(&app, &vault, user_id));
    let outcome = match (&opened, made) {
        (Ok(_), true) => Outcome::Made,
        (Ok(answer), false) => outcome_of(answer),
        (Err(_), _) => Outcome::Unreadable,
    };
    note(&app, tx.connection(), &caller, Action::Init, outcome).await?;
    tx.commit().await.map_err(fault(OPENING))?;
    opened.map(|answer| tagged(answer, tag))
}

/// `GET key`. Who has the key and names its tag in `If-None-Match` hears 304 while that is still the key: a program that
/// keeps keys asks so before each use, and a rotated key is never used again. Such an answer gives nothing away, so it
/// is not noted.
pub(crate) async fn key(
    State(app): State<App>,
    ByToken(caller, _): ByToken,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let user_id = &caller.user.id;
    if headers.contains_key(header::IF_NONE_MATCH) {
        let vault = vaults::of(app.db.pool(), user_id).await.map_err(fault(OPENING))?;
        if let Some(same) = unchanged(&headers, vault.as_ref().and_then(tag)) {
            return Ok(same);
        }
    }
    let mut tx = app.db.write().await.map_err(fault(OPENING))?;
    let vault = vaults::of(tx.connection(), user_id).await.map_err(fault(OPENING))?;
    let tag = vault.as_ref().and_then(tag);
    let (outcome, opened) = match vault {
        None => (Outcome::Missing, Err(Refusal::no_vault())),
        Some(vault) => match open(&app, &vault, user_id) {
            Ok(answer) => (outcome_of(&answer), Ok(answer)),
            Err(refusal) => (Outcome::Unreadable, Err(refusal)),
        },
    };
    note(&app, tx.connection(), &caller, Action::Key, outcome).await?;
    tx.commit().await.map_err(fault(OPENING))?;
    opened.map(|answer| tagged(answer, tag))
}

/// The answer to who has this key already.
pub(super) fn unchanged(headers: &HeaderMap, tag: Option<HeaderValue>) -> Option<Response> {
    let tag = tag.filter(|tag| headers.get(header::IF_NONE_MATCH) == Some(tag))?;
    Some((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response())
}

/// `POST rotate`: a new key. The old one is gone for good, and so is the recovery wrap, which opened the old one.
pub(crate) async fn rotate(State(app): State<App>, ByToken(caller, _): ByToken) -> Result<Json<VaultKey>, Refusal> {
    let user_id = &caller.user.id;
    let key = MasterKey::generate();
    let fresh = wrap(&app, &key, user_id);
    change(&app, &caller, Action::Rotate, async |db, vault| {
        if vault.is_zero_knowledge() {
            let message = "in zero-knowledge mode the server has no key to rotate; leave that mode first";
            return Err(Refusal::coded_twice(StatusCode::CONFLICT, ErrorCode::ZkRotateForbidden, message));
        }
        vaults::rotate(db, user_id, &fresh, app.now()).await.map_err(fault(CHANGING))
    })
    .await?;
    let format_version = stack_api::vault::FORMAT_VERSION;
    Ok(Json(VaultKey { master_key: key.to_base64().to_string(), format_version, kek_id: app.keys.id() }))
}

/// `POST recovery-wrap`: stores what the caller's recovery code opens, in the place of an earlier one.
pub(crate) async fn set_recovery(
    State(app): State<App>,
    ByToken(caller, _): ByToken,
    JsonBody(body): JsonBody<RecoveryWrapRequest>,
) -> Result<Json<Done>, Refusal> {
    let (wrapped_mk, iv) = (&body.recovery_wrapped_mk, &body.recovery_iv);
    let bytes = |text: &str| STANDARD.decode(text).ok().map(|bytes| bytes.len());
    if !bytes(wrapped_mk).is_some_and(|length| WRAP.contains(&length)) {
        return Err(Refusal::validation("recoveryWrappedMk must be a wrapped 32-byte key in base64"));
    }
    if bytes(iv) != Some(IV) {
        return Err(Refusal::validation(format!("recoveryIv must be {IV} bytes in base64")));
    }
    change(&app, &caller, Action::SetRecovery, async |db, vault| {
        refuse_zero_knowledge(vault)?;
        vaults::set_recovery(db, &caller.user.id, wrapped_mk, iv, app.now()).await.map_err(fault(CHANGING))
    })
    .await?;
    Ok(Json(Done { ok: true }))
}

/// `DELETE recovery-wrap`: forgets it. Without one there is nothing to forget.
pub(crate) async fn clear_recovery(State(app): State<App>, ByToken(caller, _): ByToken) -> Result<Json<Done>, Refusal> {
    change(&app, &caller, Action::ClearRecovery, async |db, vault| {
        refuse_zero_knowledge(vault)?;
        vaults::clear_recovery(db, &caller.user.id).await.map_err(fault(CHANGING))
    })
    .await?;
    Ok(Json(Done { ok: true }))
}

/// `POST zero-knowledge`: forgets the server's wrap, or takes the key to wrap it again. Twice is as good as once.
pub(crate) async fn zero_knowledge(
    State(app): State<App>,
    ByToken(caller, _): ByToken,
    JsonBody(body): JsonBody<ZeroKnowledgeRequest>,
) -> Result<Json<ZeroKnowledgeSet>, Refusal> {
    let user_id = &caller.user.id;
    let key = body.master_key.map(Zeroizing::new);
    if body.enable {
        change(&app, &caller, Action::EnterZeroKnowledge, async |db, vault| {
            if vault.recovery.is_none() {
                let message = "set a recovery wrap first: without one nobody could open the key again";
                return Err(Refusal::coded_twice(StatusCode::BAD_REQUEST, ErrorCode::RecoveryWrapMissing, message));
            }
            vaults::enter_zero_knowledge(db, user_id).await.map_err(fault(CHANGING))
        })
        .await?;
    } else {
        let missing = || Refusal::validation("masterKey is needed to leave zero-knowledge mode");
        let key = MasterKey::from_base64(&key.ok_or_else(missing)?);
        let key = key.map_err(|e| Refusal::validation(format!("masterKey: {e}")))?;
        let wrapped = wrap(&app, &key, user_id);
        change(&app, &caller, Action::LeaveZeroKnowledge, async |db, vault| {
            // A vault that the server can open keeps its key: a second call must not put another in its place.
            if !vault.is_zero_knowledge() {
                return Ok(());
            }
            vaults::leave_zero_knowledge(db, user_id, &wrapped).await.map_err(fault(CHANGING))
        })
        .await?;
    }
    Ok(Json(ZeroKnowledgeSet { ok: true, zero_knowledge: body.enable }))
}

/// Changes the caller's vault and notes it; what is refused is noted as such and changes nothing.
async fn change(
    app: &App,
    caller: &LiveSession,
    action: Action,
    apply: impl AsyncFnOnce(&mut AnyConnection, &VaultRow) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut tx = app.db.write().await.map_err(fault(CHANGING))?;
    let vault = vaults::of(tx.connection(), &caller.user.id).await.map_err(fault(CHANGING))?;
    let (outcome, applied) = match vault {
        None => (Outcome::Missing, Err(Refusal::no_vault())),
        Some(vault) => match apply(tx.connection(), &vault).await {
            Ok(()) => (Outcome::Changed, Ok(())),
            Err(refusal) => (Outcome::Refused, Err(refusal)),
        },
    };
    note(app, tx.connection(), caller, action, outcome).await?;
    tx.commit().await.map_err(fault(CHANGING))?;
    applied
}

fn refuse_zero_knowledge(vault: &VaultRow) -> Result<(), Refusal> {
    if !vault.is_zero_knowledge() {
        return Ok(());
    }
    let message = "in zero-knowledge mode the recovery wrap is the only way to the key; leave that mode first";
    Err(Refusal::coded_twice(StatusCode::CONFLICT, ErrorCode::ZkActive, message))
}

fn wrap(app: &App, key: &MasterKey, user_id: &str) -> ServerWrap {
    ServerWrap { wrapped: app.keys.wrap(key, &Wraps::Vaults.wrap_name(user_id)), kek_id: app.keys.id() }
}

fn open(app: &App, vault: &VaultRow, user_id: &str) -> Result<KeyAnswer, Refusal> {
    let format_version = vault.format_version;
    if let Some(ServerWrap { wrapped, kek_id }) = &vault.server {
        let key = app.keys.unwrap(wrapped, user_id).map_err(fault("unwrapping a master key"))?;
        let master_key = key.to_base64().to_string();
        return Ok(KeyAnswer::Usable(VaultKey { master_key, format_version, kek_id: kek_id.clone() }));
    }
    let none = || Refusal::fault(OPENING, "a zero-knowledge vault has no recovery wrap");
    let RecoveryWrap { wrapped_mk, iv, .. } = vault.recovery.as_ref().ok_or_else(none)?;
    Ok(KeyAnswer::Locked(LockedVaultKey {
        requires_recovery_code: true,
        recovery_wrapped_mk: wrapped_mk.clone(),
        recovery_iv: iv.clone(),
        format_version,
    }))
}

/// The name of the key that the server can open: another for each wrap, and nothing of the key is in it. None in
/// zero-knowledge mode.
fn tag(vault: &VaultRow) -> Option<HeaderValue> {
    vault.server.as_ref().and_then(tag_of)
}

pub(super) fn tag_of(ServerWrap { wrapped, .. }: &ServerWrap) -> Option<HeaderValue> {
    let hash = digest(&SHA256, format!("{} {}", wrapped.nonce, wrapped.ciphertext).as_bytes());
    HeaderValue::from_str(&format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..TAG]))).ok()
}

pub(super) fn tagged(answer: KeyAnswer, tag: Option<HeaderValue>) -> Response {
    let mut response = Json(answer).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn outcome_of(answer: &KeyAnswer) -> Outcome {
    match answer {
        KeyAnswer::Usable(_) => Outcome::Given,
        KeyAnswer::Locked(_) => Outcome::Locked,
    }
}

async fn note(
    app: &App,
    db: &mut AnyConnection,
    caller: &LiveSession,
    action: Action,
    outcome: Outcome,
) -> Result<(), Refusal> {
    let entry = Entry { user_id: &caller.user.id, session_id: &caller.session.id, space_id: None, action, outcome };
    vault_audit::insert(db, entry, app.now()).await.map_err(fault("noting who asked for a vault"))
}
