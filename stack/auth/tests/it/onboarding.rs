//! `POST /api/v1/me/onboarding/complete`.

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use serde_json::json;
use stack_api::{auth::OnboardingCompleted, routes};

use crate::rig::{RequestExt, Rig};

#[tokio::test]
async fn onboarding_is_completed_once() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let complete = |rig: &Rig| rig.post(routes::ONBOARDING_COMPLETE).bearer_auth(&anna.access_token);
    let first = complete(&rig).answer().await.expect(StatusCode::OK);
    let done: OnboardingCompleted = first.json();
    assert!((Utc::now() - done.completed_at).abs() < TimeDelta::minutes(1));
    assert_eq!(first.body, json!({ "completedAt": first.body["completedAt"] }));
    let later = rig.later(TimeDelta::minutes(5)).await;
    let second: OnboardingCompleted = complete(&later).answer().await.expect(StatusCode::OK).json();
    assert_eq!(second.completed_at, done.completed_at);
}

#[tokio::test]
async fn only_a_token_completes_it() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    rig.post(routes::ONBOARDING_COMPLETE).answer().await.expect_bad_token();
    rig.post(routes::ONBOARDING_COMPLETE).bearer_auth("x.y.z").answer().await.expect_bad_token();
    rig.post(routes::ONBOARDING_COMPLETE).cookie(&anna.cookie).answer().await.expect_bad_token();
}

#[tokio::test]
async fn a_persona_has_been_through_it() {
    let rig = Rig::start_at("2026-11-20T08:00:00Z").await;
    let admin = rig.admin().await;
    rig.persona(&admin, "anna", "daily").await;
    let later: DateTime<Utc> = "2026-11-20T09:00:00Z".parse().unwrap();
    let later = rig.again(|config| config.clock = stack_http::Clock::starting_at(later)).await.unwrap();
    let anna = later.login("persona.anna@mana.test").await;
    let answer = later.post(routes::ONBOARDING_COMPLETE).bearer_auth(&anna.access_token).answer().await;
    let done: OnboardingCompleted = answer.expect(StatusCode::OK).json();
    assert!(done.completed_at < "2026-11-20T08:30:00Z".parse::<DateTime<Utc>>().unwrap(), "{done:?}");
}
