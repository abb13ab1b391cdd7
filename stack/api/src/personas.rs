//! Personas: the admin routes that make them and the internal routes the runner uses.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every persona's e-mail ends so.
pub const EMAIL_DOMAIN: &str = "@mana.test";
/// Most action rows one call may bring.
pub const ACTIONS_MAX: usize = 500;
/// Most feedback rows one call may bring.
pub const FEEDBACK_MAX: usize = 100;
/// Weeks of which a persona's ratings are told, the present one included.
pub const FEEDBACK_WEEKS: u32 = 12;
/// Most personas that one call may claim.
pub const CLAIM_MAX: i64 = 100;
/// Longest claim, in milliseconds: an hour.
pub const CLAIM_MAX_MS: i64 = 3_600_000;
/// Most action rows that a persona remembers.
pub const MEMORY_ACTIONS: i64 = 60;
/// Most feedback rows that a persona remembers.
pub const MEMORY_FEEDBACK: i64 = 20;
/// The `module` of the one feedback row that stands for a rating answer nobody could parse.
pub const PARSE_MODULE: &str = "__parse";

/// How often a persona lives a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    /// After more than an hour.
    Hourly,
    /// After more than a day.
    Daily,
    /// After more than a day, Monday to Friday.
    Weekdays,
}

impl Cadence {
    /// The word stored in the database and sent on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekdays => "weekdays",
        }
    }
}

/// Share of a persona's attention that each module gets; the shares add up to 1.
pub type ModuleMix = BTreeMap<String, f64>;

/// `POST /api/v1/admin/personas`: create or update by e-mail.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonaUpsert {
    /// Ends with [`EMAIL_DOMAIN`].
    pub email: String,
    /// Display name.
    pub name: String,
    /// The derived password; used when the account is new.
    pub password: String,
    /// Kind of character, such as `adhd-student`.
    pub archetype: String,
    /// Who the language model is to be.
    pub system_prompt: String,
    /// Which modules it likes.
    pub module_mix: ModuleMix,
    /// How often it plays.
    pub tick_cadence: Cadence,
}

/// The answer of the upsert.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonaUpserted {
    /// Always true.
    pub ok: bool,
    /// Id of the account.
    pub user_id: String,
    /// Its e-mail.
    pub email: String,
}

/// 400 of the upsert and of the internal routes: every fault at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ValidationError {
    /// `ValidationError`.
    pub error: String,
    /// One sentence a fault, each naming its field.
    pub details: Vec<String>,
}

/// One row of `GET /api/v1/admin/personas`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonaSummary {
    /// Id of the account.
    pub user_id: String,
    /// Its e-mail.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Kind of character.
    pub archetype: String,
    /// How often it plays.
    pub tick_cadence: Cadence,
    /// When its last day was persisted.
    pub last_active_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Actions in the last seven days.
    #[serde(rename = "actions7d")]
    pub actions_7d: i64,
    /// Those of them that failed. The original sends none.
    #[serde(rename = "errors7d", default)]
    pub errors_7d: i64,
    /// Whether its day has come. The original does not say.
    #[serde(default)]
    pub due: bool,
}

/// `GET /api/v1/admin/personas`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PersonaList {
    /// All of them, by e-mail.
    pub personas: Vec<PersonaSummary>,
}

/// `GET /api/v1/admin/personas/:id`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonaDetail {
    /// Who.
    pub persona: PersonaProfile,
    /// The last twenty, newest first.
    pub recent_actions: Vec<ActionRow>,
    /// Average rating of each module.
    pub feedback_by_module: Vec<ModuleFeedback>,
    /// Average rating of each module in each of the last [`FEEDBACK_WEEKS`] weeks, oldest first. The original sends none.
    #[serde(default)]
    pub feedback_by_week: Vec<WeekFeedback>,
    /// The last fifty ratings with their notes, newest first. The original sends none.
    #[serde(default)]
    pub recent_feedback: Vec<FeedbackRow>,
}

/// A persona with its prompt.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonaProfile {
    /// The short form.
    #[serde(flatten)]
    pub summary: PersonaSummary,
    /// Who the language model is to be.
    pub system_prompt: String,
    /// Which modules it likes.
    pub module_mix: ModuleMix,
}

/// Average of the ratings that one module got.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModuleFeedback {
    /// The module.
    pub module: String,
    /// From 1 to 5.
    pub avg_rating: f64,
    /// How many ratings.
    pub count: i64,
}

/// Average of the ratings that one module got in one week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WeekFeedback {
    /// The week's Monday, in UTC.
    pub week: NaiveDate,
    /// The module.
    pub module: String,
    /// From 1 to 5.
    pub avg_rating: f64,
    /// How many ratings.
    pub count: i64,
}

/// A rating as it was stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackRow {
    /// What was said.
    #[serde(flatten)]
    pub feedback: Feedback,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
}

/// An action as it was stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionRow {
    /// `{tickId}-{i}-{toolName}`.
    pub id: String,
    /// What was done.
    #[serde(flatten)]
    pub action: Action,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
}

/// `DELETE /api/v1/admin/personas/:id`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PersonaDeleted {
    /// Always true.
    pub ok: bool,
    /// Id of the account that is gone.
    pub deleted: String,
}

/// An error of the admin and internal routes that no field is to blame for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    /// `Forbidden`, `NotFound` …
    pub error: String,
    /// Why.
    pub message: String,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
}

/// One persona that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DuePersona {
    /// Id of the account.
    pub user_id: String,
    /// Its e-mail.
    pub email: String,
    /// Kind of character.
    pub archetype: String,
    /// Who the language model is to be.
    pub system_prompt: String,
    /// Which modules it likes.
    pub module_mix: ModuleMix,
    /// How often it plays.
    pub tick_cadence: Cadence,
    /// When its last day was persisted.
    pub last_active_at: Option<DateTime<Utc>>,
}

/// `GET /api/v1/internal/personas/due`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DueResponse {
    /// Never-run ones first, then the longest idle.
    pub personas: Vec<DuePersona>,
    /// The server's clock.
    pub server_time: DateTime<Utc>,
}

/// `POST /api/v1/internal/personas/claims`: gives due personas to one runner alone, for a time. Answered with a
/// [`DueResponse`]. The original has no such route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRequest {
    /// A name that no other runner has.
    pub runner: String,
    /// How many personas at most; up to [`CLAIM_MAX`].
    pub most: i64,
    /// How long nobody else is given them, in milliseconds; up to [`CLAIM_MAX_MS`].
    pub for_ms: i64,
}

/// `DELETE /api/v1/internal/personas/claims/:runner`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Released {
    /// Always true.
    pub ok: bool,
    /// Claims that were ended.
    pub released: u64,
}

/// How a tool call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActionResult {
    /// It did what was asked.
    Ok,
    /// The tool said no, or was not reached.
    Error,
}

/// One tool call of one tick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// Which day.
    pub tick_id: String,
    /// Which tool.
    pub tool_name: String,
    /// First 16 hex digits of the SHA-256 of the input.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input_hash: Option<String>,
    /// How it ended.
    pub result: ActionResult,
    /// What the tool said when it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error_message: Option<String>,
    /// From call to result.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub latency_ms: Option<i64>,
}

/// `POST /api/v1/internal/personas/:id/actions`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ActionsRequest {
    /// At most [`ACTIONS_MAX`].
    pub actions: Vec<Action>,
}

/// One rating of one module after one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Feedback {
    /// Which day.
    pub tick_id: String,
    /// Which module, or [`PARSE_MODULE`].
    pub module: String,
    /// From 1 (frustrating) to 5 (really helps).
    pub rating: u8,
    /// Why, in the persona's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub notes: Option<String>,
}

/// `GET /api/v1/internal/personas/:id/memory`: what a persona did and thought lately. The original has no such route.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonaMemory {
    /// At most [`MEMORY_ACTIONS`], newest first.
    pub recent_actions: Vec<ActionRow>,
    /// At most [`MEMORY_FEEDBACK`], newest first.
    pub recent_feedback: Vec<FeedbackRow>,
}

/// `POST /api/v1/internal/personas/:id/feedback`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FeedbackRequest {
    /// At most [`FEEDBACK_MAX`].
    pub feedback: Vec<Feedback>,
}

/// The answer of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// Always true.
    pub ok: bool,
    /// Rows really written; a retry writes none.
    pub written: u64,
}
