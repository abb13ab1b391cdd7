//! Appointments. Title, description and place are encrypted; beginning and end stay readable.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use stack_api::collections::CALENDAR;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    context::timestamp,
    records::{Done, archive, fifty, is_zero},
    shape::{Change, changes, record},
};

/// How long an appointment lasts whose end is not said.
const USUAL_LENGTH: TimeDelta = TimeDelta::hours(1);

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new(
            "calendar.create",
            Effect::Write,
            "Enter an appointment; it lasts an hour unless `endsAt` says otherwise. Returns the event.",
            create,
        )
        .titled("Enter an appointment"),
        ToolSpec::new(
            "calendar.list",
            Effect::Read,
            "List the appointments of the space by their beginning; with `from` and `to`, those that touch that time.",
            list,
        )
        .titled("List appointments"),
        ToolSpec::new(
            "calendar.update",
            Effect::Write,
            "Change or move an appointment. Only the fields that are given change.",
            update,
        )
        .titled("Change an appointment"),
        ToolSpec::new(
            "calendar.archive",
            Effect::Write,
            "Archive an appointment that does not take place, or bring it back with `archived: false`. Nothing is lost.",
            archive(&CALENDAR, "appointment"),
        )
        .titled("Archive an appointment"),
    ]
}

record! {
    Event {
        title: String,
        description: Option<String>,
        location: Option<String>,
        starts_at: String,
        ends_at: String,
        color: Option<String>,
        is_archived: bool,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    /// What it is.
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// When it begins: RFC 3339, such as 2026-11-20T09:30:00Z.
    starts_at: DateTime<Utc>,
    /// When it ends; an hour later when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DateTime<Utc>")]
    ends_at: Option<DateTime<Utc>>,
    /// Where it is; null to leave it open.
    #[serde(default)]
    #[schemars(length(max = 500))]
    location: Option<String>,
    /// More about it; null for nothing.
    #[serde(default)]
    #[schemars(length(max = 10_000))]
    description: Option<String>,
    /// Colour as #rrggbb; null for none.
    #[serde(default)]
    #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
    color: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct One {
    event: Event,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let ends_at = input.ends_at.or_else(|| input.starts_at.checked_add_signed(USUAL_LENGTH));
    let ends_at = ends_at.ok_or_else(|| outside("startsAt"))?;
    for (field, time) in [("startsAt", input.starts_at), ("endsAt", ends_at)] {
        if !(0..=9999).contains(&time.year()) {
            return Err(outside(field));
        }
    }
    in_order(&timestamp(input.starts_at), &timestamp(ends_at))?;
    let event = Event {
        title: input.title,
        description: input.description,
        location: input.location,
        starts_at: timestamp(input.starts_at),
        ends_at: timestamp(ends_at),
        color: input.color,
        ..Event::begun(&call)
    };
    call.insert(&CALENDAR, &event.id, &event).await?;
    Ok(One { event })
}

fn outside(field: &'static str) -> Fault {
    Fault::argument(field, "lies outside the years 0000 to 9999 in UTC")
}

fn in_order(starts_at: &str, ends_at: &str) -> Result<(), Fault> {
    if ends_at < starts_at {
        let reason = format!("is {ends_at}, which is before the beginning, {starts_at}");
        return Err(Fault::argument("endsAt", reason));
    }
    Ok(())
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// Only what ends at this time or later; null for no such limit.
    #[serde(default)]
    from: Option<DateTime<Utc>>,
    /// Only what begins before this time; null for no such limit.
    #[serde(default)]
    to: Option<DateTime<Utc>>,
    /// Whether to list archived appointments too.
    #[serde(default)]
    include_archived: bool,
    /// How many appointments at most.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 500))]
    limit: usize,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    events: Vec<Event>,
    /// Appointments left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let found = call.read::<Event>(&CALENDAR).await?;
    let mut events = found.records;
    let moment = |text: &str| text.parse::<DateTime<Utc>>().ok();
    events.retain(|event| {
        let after = input.from.is_none_or(|from| moment(&event.ends_at).is_some_and(|end| end >= from));
        let before = input.to.is_none_or(|to| moment(&event.starts_at).is_some_and(|start| start < to));
        after && before && (input.include_archived || !event.is_archived)
    });
    events.sort_by(|a, b| (moment(&a.starts_at), &a.id).cmp(&(moment(&b.starts_at), &b.id)));
    events.truncate(input.limit);
    Ok(Many { events, unreadable: found.unreadable })
}

changes! {
    /// What is absent stays as it is; a null place, description or colour takes it away.
    Update {
        /// Id of the appointment, as the list gives it.
        id,
        /// What it is.
        #[schemars(length(min = 1, max = 500))]
        title: String,
        /// When it begins. Its end moves along unless `endsAt` is given too.
        #[serde(serialize_with = "stored")]
        starts_at: DateTime<Utc>,
        /// When it ends.
        #[serde(serialize_with = "stored")]
        ends_at: DateTime<Utc>,
        /// Where it is.
        #[schemars(length(max = 500))]
        location: Option<String>,
        /// More about it.
        #[schemars(length(max = 10_000))]
        description: Option<String>,
        /// Colour as #rrggbb.
        #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
        color: Option<String>,
    }
}

/// As records carry a time.
fn stored<S: Serializer>(time: &Change<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    time.0.map(timestamp).serialize(serializer)
}

async fn update(mut input: Update, call: ToolContext) -> Result<Done, Fault> {
    let (starts_at, mut ends_at) = (input.starts_at.0, input.ends_at.0);
    if starts_at.is_some() || ends_at.is_some() {
        let stored = call.find(&CALENDAR, "appointment", &input.id).await?;
        let known = |name: &str| {
            let text: String = serde_json::from_str(stored.data.get(name)?.get()).ok()?;
            text.parse::<DateTime<Utc>>().ok()
        };
        let length = known("startsAt").zip(known("endsAt")).map_or(USUAL_LENGTH, |(start, end)| end - start);
        if let (Some(start), None) = (starts_at, ends_at) {
            ends_at = Some(start.checked_add_signed(length).ok_or_else(|| outside("startsAt"))?);
        }
        for (field, time) in [("startsAt", starts_at), ("endsAt", ends_at)] {
            if time.is_some_and(|time| !(0..=9999).contains(&time.year())) {
                return Err(outside(field));
            }
        }
        if let Some((start, end)) = starts_at.or_else(|| known("startsAt")).zip(ends_at) {
            in_order(&timestamp(start), &timestamp(end))?;
        }
    }
    input.ends_at = Change(ends_at);
    call.update(&CALENDAR, "appointment", &input).await
}
