//! What the scripted personas write: one file each in `content/`, read once.
//!
//! The files hold text alone; how much of it a day gets, and when, is decided in `plan`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::{Map, Value};
use stack_api::personas::DuePersona;

use super::seen::title_of;

macro_rules! scripts {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../content/", $name, ".toml")))),+]
    };
}

/// The files, by the slug of their persona.
const FILES: &[(&str, &str)] =
    scripts!["anna", "ben", "marcus", "lena", "sofia", "tom", "kai", "julia", "paul", "maya"];

static SCRIPTS: LazyLock<Vec<Script>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| match toml::from_str(text) {
        Ok(script) => script,
        Err(error) => panic!("content/{name}.toml, which a test reads, is broken: {error}"),
    };
    FILES.iter().map(read).collect()
});

/// All that one persona may write.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// Whose words these are.
    pub(crate) email: String,
    /// Whose words they may be besides: a persona without a script of its own borrows one of its archetype.
    pub(crate) archetype: String,
    /// For modules without tools: the module in which the persona does such things meanwhile.
    #[serde(default)]
    pub(crate) stand_ins: BTreeMap<String, String>,
    /// Whether the persona looks at its spaces now and then.
    #[serde(default)]
    pub(crate) looks_at_spaces: bool,
    /// Tasks.
    #[serde(default)]
    pub(crate) todo: Vec<Task>,
    /// Notes.
    #[serde(default)]
    pub(crate) notes: Vec<Note>,
    /// Diary entries.
    #[serde(default)]
    pub(crate) journal: Vec<Entry>,
    /// Habits.
    #[serde(default)]
    pub(crate) habits: Vec<Habit>,
    /// What it keeps in the other modules, by module.
    #[serde(default)]
    pub(crate) records: BTreeMap<String, Vec<Record>>,
    /// What it searches its notes for.
    #[serde(default)]
    pub(crate) searches: Vec<String>,
    /// Calls that go wrong, one a day.
    #[serde(default)]
    pub(crate) mistakes: Vec<Mistake>,
    /// What it thinks of each module.
    pub(crate) opinions: BTreeMap<String, Opinion>,
}

/// A task.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Task {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) priority: Option<String>,
    /// Due so many days ahead.
    pub(crate) due: Option<u64>,
    /// At this hour; 17 when not said.
    pub(crate) hour: Option<u32>,
}

/// A note.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) color: Option<String>,
    #[serde(default)]
    pub(crate) pinned: bool,
}

/// A diary entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) title: Option<String>,
    pub(crate) content: String,
    pub(crate) mood: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
}

/// A habit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Habit {
    pub(crate) title: String,
    pub(crate) icon: String,
    pub(crate) color: String,
    pub(crate) per_day: Option<u32>,
}

/// A record of a module that has no form of its own here: the input of its `create` tool.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Record {
    /// What a later day changes of it.
    #[serde(default)]
    pub(crate) later: Map<String, Value>,
    #[serde(flatten)]
    pub(crate) input: Map<String, Value>,
}

impl Record {
    /// What the persona knows it by.
    pub(crate) fn title(&self) -> &str {
        title_of(&self.input).unwrap_or_default()
    }
}

/// A call that goes wrong, and what the persona says about it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mistake {
    pub(crate) tool: String,
    pub(crate) input: Map<String, Value>,
    pub(crate) says: String,
}

/// What a persona thinks of a module.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opinion {
    /// Ratings of a day on which all went well.
    pub(crate) usual: Vec<u8>,
    /// Said on such a day.
    pub(crate) good: Vec<String>,
    /// Said when something failed.
    pub(crate) poor: Vec<String>,
}

impl Script {
    /// Whether there is something to write in this module.
    pub(crate) fn fills(&self, module: &str) -> bool {
        match module {
            "todo" => !self.todo.is_empty(),
            "notes" => !self.notes.is_empty(),
            "journal" => !self.journal.is_empty(),
            "habits" => !self.habits.is_empty(),
            _ => self.records.get(module).is_some_and(|records| !records.is_empty()),
        }
    }
}

/// The persona's own script; else one of its archetype; else one that its e-mail chooses.
pub(crate) fn script_of(persona: &DuePersona) -> &'static Script {
    let own = SCRIPTS.iter().find(|script| script.email == persona.email);
    let alike = || SCRIPTS.iter().find(|script| script.archetype == persona.archetype);
    let any = || &SCRIPTS[persona.email.bytes().map(usize::from).sum::<usize>() % SCRIPTS.len()];
    own.or_else(alike).unwrap_or_else(any)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::player::dates::{fill, filled};

    const MOODS: [&str; 8] =
        ["dankbar", "glücklich", "zufrieden", "neutral", "nachdenklich", "traurig", "gestresst", "wütend"];
    const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];
    /// Fewest texts a module, so that a week does not repeat itself.
    const VARIANTS: usize = 8;

    fn each(check: impl Fn(&str, &Script)) {
        for ((name, _), script) in FILES.iter().zip(SCRIPTS.iter()) {
            check(name, script);
        }
    }

    fn is_color(text: &str) -> bool {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()))
    }

    /// Characters that are pictures instead of letters.
    fn has_emoji(text: &str) -> bool {
        text.chars().any(|c| matches!(u32::from(c), 0x2600..=0x27BF | 0x1F000..=0x1FAFF | 0xFE0F))
    }

    #[test]
    fn every_pool_is_rich() {
        each(|name, script| {
            let pools = [
                ("todo", script.todo.len()),
                ("notes", script.notes.len()),
                ("journal", script.journal.len()),
                ("habits", script.habits.len()),
                ("mistakes", script.mistakes.len()),
            ];
            let records = script.records.iter().map(|(module, records)| (module.as_str(), records.len()));
            let pools: Vec<_> = pools.into_iter().chain(records).collect();
            for (pool, size) in &pools {
                let size = *size;
                assert!(size == 0 || size >= VARIANTS, "{name} has {size} {pool}");
            }
            let filled = pools.iter().filter(|(_, size)| *size > 0).count();
            assert!(filled >= 2, "{name} writes in one module alone");
            assert!(script.notes.is_empty() || script.searches.len() >= 4, "{name} searches for too little");
        });
    }

    #[test]
    fn what_is_written_fits_the_tools() {
        each(|name, script| {
            for task in &script.todo {
                assert!((1..=500).contains(&task.title.chars().count()), "{name}: {}", task.title);
                let priority = task.priority.as_deref().unwrap_or("medium");
                assert!(PRIORITIES.contains(&priority), "{name}: {priority}");
                assert!(task.hour.is_none_or(|hour| hour < 24 && task.due.is_some()), "{name}: {}", task.title);
            }
            for note in &script.notes {
                assert!((1..=500).contains(&note.title.chars().count()) && !note.content.is_empty(), "{name}");
                assert!(note.color.as_deref().is_none_or(is_color), "{name}: {}", note.title);
            }
            for entry in &script.journal {
                assert!(!entry.content.trim().is_empty(), "{name}");
                assert!(entry.mood.as_deref().is_none_or(|mood| MOODS.contains(&mood)), "{name}: {:?}", entry.mood);
            }
            for habit in &script.habits {
                assert!((1..=120).contains(&habit.title.chars().count()) && is_color(&habit.color), "{name}");
            }
        });
    }

    /// What agents are told of the tools. Read as a file: this crate does not know the registry.
    fn schema_of(tool: &str) -> jsonschema::Validator {
        let file = "/../registry/src/registry/snapshots/stack_registry__registry__tests__tools.snap";
        let text = std::fs::read_to_string(format!("{}{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let tools: Vec<Value> = serde_json::from_str(text.splitn(3, "---\n").nth(2).unwrap()).unwrap();
        let found =
            tools.iter().find(|found| found["name"] == tool).unwrap_or_else(|| panic!("no tool is named {tool}"));
        jsonschema::options().should_validate_formats(true).build(&found["input"]).unwrap()
    }

    #[test]
    fn records_are_what_their_tools_take() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        each(|name, script| {
            for (module, records) in &script.records {
                let (create, update) = (schema_of(&format!("{module}.create")), schema_of(&format!("{module}.update")));
                for record in records {
                    let input = Value::Object(filled(&record.input, date));
                    create.validate(&input).unwrap_or_else(|fault| panic!("{name} {input}: {fault}"));
                    let mut later = filled(&record.later, date);
                    later.insert("id".into(), "2f1a3a52-58dd-4b57-8f3a-6dd1a3a6d1b0".into());
                    let later = Value::Object(later);
                    update.validate(&later).unwrap_or_else(|fault| panic!("{name} {later}: {fault}"));
                }
            }
        });
    }

    #[test]
    fn titles_are_told_apart() {
        each(|name, script| {
            let pools = [
                script.todo.iter().map(|task| &task.title).collect::<Vec<_>>(),
                script.notes.iter().map(|note| &note.title).collect(),
                script.habits.iter().map(|habit| &habit.title).collect(),
                script.journal.iter().map(|entry| &entry.content).collect(),
            ];
            let records = script.records.values().map(|records| records.iter().map(Record::title).collect());
            let pools = pools.into_iter().map(|pool| pool.into_iter().map(String::as_str).collect::<Vec<_>>());
            for mut titles in pools.chain(records) {
                let all = titles.len();
                titles.sort();
                titles.dedup();
                assert_eq!(titles.len(), all, "{name} repeats itself");
            }
        });
    }

    #[test]
    fn each_module_has_an_opinion_for_good_days_and_bad() {
        each(|name, script| {
            let spaces = if script.looks_at_spaces { &["spaces"][..] } else { &[] };
            let modules = ["todo", "notes", "journal", "habits"].into_iter().filter(|module| script.fills(module));
            let records = script.records.keys().map(String::as_str);
            for module in modules.chain(records).chain(spaces.iter().copied()) {
                let opinion = script.opinions.get(module).unwrap_or_else(|| panic!("{name} on {module}"));
                assert!(opinion.good.len() >= 3 && opinion.poor.len() >= 2, "{name} on {module}");
                assert!(opinion.usual.iter().all(|rating| (3..=5).contains(rating)), "{name} on {module}");
                assert!(!opinion.usual.is_empty(), "{name} on {module}");
            }
        });
    }

    #[test]
    fn nobody_writes_emoji_and_no_place_holder_is_unknown() {
        for (name, text) in FILES {
            assert!(!has_emoji(text), "{name}");
            let mut rest = *text;
            while let Some(start) = rest.find('{') {
                let word = rest[start..].split_inclusive('}').next().unwrap_or_default();
                let table = word.contains('=') || word.contains(',') || word == "{}";
                let known = ["{heute}", "{morgen}", "{gestern}", "{datum}", "{woche}", "{jahr}"].contains(&word);
                let date = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
                let known = known || fill(word, date) != word;
                assert!(table || known, "{name}: {word}");
                rest = &rest[start + 1..];
            }
        }
    }

    #[test]
    fn scripts_belong_to_the_persona_of_their_file() {
        each(|name, script| assert_eq!(script.email, format!("persona.{name}@mana.test")));
    }
}
