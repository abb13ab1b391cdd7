//! `POST /api/v1/me/onboarding/complete`.

use axum::{Json, extract::State};
use stack_api::auth::OnboardingCompleted;

use crate::{
    app::App,
    callers::ByToken,
    refusal::{Refusal, fault},
    tables::users,
};

/// Notes that the caller went through onboarding. A second time changes nothing.
pub(crate) async fn complete(
    State(app): State<App>,
    ByToken(caller, _): ByToken,
) -> Result<Json<OnboardingCompleted>, Refusal> {
    let completing = "completing onboarding";
    let mut tx = app.db.write().await.map_err(fault(completing))?;
    let completed_at = users::complete_onboarding(tx.connection(), &caller.user.id, app.now()).await;
    let completed_at = completed_at.map_err(fault(completing))?;
    tx.commit().await.map_err(fault(completing))?;
    Ok(Json(OnboardingCompleted { completed_at }))
}
