//! The scripted player: a day that hangs on catalogue, date and seed alone, so that pictures of what it wrote can be
//! compared with yesterday's.
//!
//! It keeps no state. Asked for the next call, it makes the day's plan anew, with what the tools have answered until
//! then, and gives the first call that was not made.

use serde_json::{Value, json};

use super::{
    Day, Exchange, PlayerError, ToolCall,
    content::{Opinion, Script, script_of},
    picker::Picker,
    plan::{mistake_of, plan},
};

/// Said of a module that the script has no opinion on.
const NO_OPINION: &str = "Hat getan, was es sollte.";

/// Plays scripts.
pub(crate) struct Scripted {
    seed: u64,
}

impl Scripted {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The next call; `None` when the day is over.
    pub(crate) fn next_call(&self, day: &Day, so_far: &[Exchange]) -> Result<Option<ToolCall>, PlayerError> {
        let mut calls = plan(day, script_of(&day.persona), self.seed, so_far);
        if calls.is_empty() {
            return Err(PlayerError::NothingToDo { email: day.persona.email.clone() });
        }
        Ok((so_far.len() < calls.len()).then(|| calls.swap_remove(so_far.len())))
    }

    /// Ratings as a model writes them: JSON, a row for each module.
    pub(crate) fn rate(&self, day: &Day, so_far: &[Exchange], modules: &[String]) -> String {
        let script = script_of(&day.persona);
        let row = |module: &String| {
            let (rating, notes) = self.opinion(day, script, so_far, module);
            json!({ "module": module, "rating": rating, "notes": notes })
        };
        Value::Array(modules.iter().map(row).collect()).to_string()
    }

    /// What failed lowers the rating: to 2 when some of it worked, else to 1.
    fn opinion(&self, day: &Day, script: &'static Script, so_far: &[Exchange], module: &str) -> (u8, String) {
        let of_module = || so_far.iter().filter(|exchange| exchange.call.module() == module);
        let failed: Vec<&Exchange> = of_module().filter(|exchange| exchange.result.is_err()).collect();
        let picker = self.picker(day);
        let Some(opinion) = script.opinions.get(module) else {
            return (if failed.is_empty() { 4 } else { 2 }, NO_OPINION.to_owned());
        };
        if failed.is_empty() {
            return usual(opinion, &picker, module);
        }
        let rating = if failed.len() == of_module().count() { 1 } else { 2 };
        let mistake = mistake_of(day, script, self.seed);
        let own_mistake = mistake.filter(|mistake| failed.iter().any(|exchange| exchange.call.tool == mistake.tool));
        let notes = own_mistake
            .map_or_else(|| one_of(&opinion.poor, &picker, &format!("poor {module}")), |mistake| mistake.says.clone());
        (rating, notes)
    }

    fn picker(&self, day: &Day) -> Picker {
        Picker::new(&[&self.seed.to_string(), &day.persona.email, &day.date.to_string()])
    }
}

fn usual(opinion: &Opinion, picker: &Picker, module: &str) -> (u8, String) {
    let rating = opinion.usual[picker.pick(&format!("rating {module}"), opinion.usual.len())];
    (rating, one_of(&opinion.good, picker, &format!("good {module}")))
}

fn one_of(texts: &[String], picker: &Picker, purpose: &str) -> String {
    texts[picker.pick(purpose, texts.len())].clone()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::PathBuf, time::Duration};

    use chrono::{Days, NaiveDate};
    use serde::Deserialize;
    use serde_json::Map;
    use stack_api::personas::{Cadence, DuePersona, ModuleMix};

    use super::*;
    use crate::player::{
        Tool, modules_used,
        plan::{FILLED, HABITS_KEPT},
        seen::title_of,
    };

    const SEED: u64 = 1;
    const TOOLS: &[&str] = &[
        "habits.create",
        "habits.list",
        "habits.update",
        "habits.archive",
        "spaces.list",
        "todo.create",
        "todo.list",
        "todo.complete",
        "notes.create",
        "notes.search",
        "journal.add",
        "calendar.create",
        "calendar.list",
        "calendar.update",
        "contacts.create",
        "contacts.list",
        "contacts.update",
        "mood.create",
        "mood.list",
        "mood.update",
        "articles.create",
        "articles.list",
        "articles.update",
        "goals.create",
        "goals.list",
        "goals.update",
        "invoices.create",
        "invoices.list",
        "invoices.update",
    ];

    /// The part of the catalogue that the player sees. Read as a file: this crate does not know the fixtures.
    #[derive(Deserialize)]
    struct Catalogue {
        persona: Vec<Entry>,
    }

    #[derive(Deserialize)]
    struct Entry {
        archetype: String,
        email: String,
        mix: ModuleMix,
    }

    fn personas() -> Vec<DuePersona> {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/personas.toml"));
        let catalogue: Catalogue = toml::from_str(text).unwrap();
        catalogue.persona.into_iter().map(|entry| persona(&entry.email, &entry.archetype, entry.mix)).collect()
    }

    fn persona(email: &str, archetype: &str, module_mix: ModuleMix) -> DuePersona {
        DuePersona {
            user_id: "u1".into(),
            email: email.to_owned(),
            archetype: archetype.to_owned(),
            system_prompt: String::new(),
            module_mix,
            tick_cadence: Cadence::Daily,
            last_active_at: None,
        }
    }

    fn day(persona: &DuePersona, date: NaiveDate) -> Day {
        let tool = |name: &&str| Tool {
            name: (*name).to_owned(),
            description: String::new(),
            input_schema: json!({ "type": "object" }),
        };
        // Friday is everybody's first day.
        let last_active_at = (date > friday()).then(|| date.and_time(chrono::NaiveTime::MIN).and_utc());
        let persona = DuePersona { last_active_at, ..persona.clone() };
        Day { persona, date, tools: TOOLS.iter().map(tool).collect(), memory: String::new() }
    }

    fn friday() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    /// Tools that remember, and refuse what the real ones refuse.
    #[derive(Default)]
    struct World {
        open_tasks: Vec<(String, String)>,
        habits: Vec<(String, String)>,
        /// Records of the modules that are alike: module, id and title.
        records: Vec<(String, String, String)>,
        made: usize,
        broken: bool,
    }

    impl World {
        fn call(&mut self, call: &ToolCall) -> Result<Value, String> {
            let text = |key: &str| call.input.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let listed = |rows: &[(String, String)]| json!({ "records": rows.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect::<Vec<_>>() });
            if self.broken {
                return Err("sync does not answer".into());
            }
            self.made += 1;
            let id = format!("r{}", self.made);
            match call.tool.as_str() {
                "todo.list" => Ok(listed(&self.open_tasks)),
                "habits.list" => Ok(listed(&self.habits)),
                "notes.search" => Ok(json!({ "notes": [] })),
                "spaces.list" => Ok(json!({ "spaces": [] })),
                "todo.create" if text("title").is_empty() => Err("todo.create: title is too short".into()),
                "todo.create" if !["", "low", "medium", "high", "urgent"].contains(&text("priority").as_str()) => {
                    Err("todo.create: priority is unknown".into())
                }
                "todo.create" => {
                    self.open_tasks.push((id.clone(), text("title")));
                    Ok(json!({ "task": { "id": id, "title": text("title") } }))
                }
                "todo.complete" => match self.open_tasks.iter().position(|(id, _)| *id == text("id")) {
                    Some(index) => Ok(json!({ "task": { "id": self.open_tasks.remove(index).0 } })),
                    None => Err("todo.complete: there is no such task".into()),
                },
                "habits.create" => {
                    self.habits.push((id.clone(), text("title")));
                    Ok(json!({ "habit": { "id": id, "title": text("title") } }))
                }
                "journal.add" if text("content").is_empty() => Err("journal.add: content is too short".into()),
                "journal.add" if text("entryDate").parse::<NaiveDate>().is_err() && !text("entryDate").is_empty() => {
                    Err("journal.add: entryDate is no date".into())
                }
                "journal.add" if ["müde", "ärgerlich"].contains(&text("mood").as_str()) => {
                    Err("journal.add: mood is unknown".into())
                }
                "journal.add" | "notes.create" => Ok(json!({ "id": id, "title": text("title") })),
                other => self.alike(other, id, &call.input),
            }
        }

        /// Modules that create, list and update in the same way.
        fn alike(&mut self, tool: &str, id: String, input: &Map<String, Value>) -> Result<Value, String> {
            let (module, verb) = tool.split_once('.').unwrap();
            let title = title_of(input).unwrap_or_default().to_owned();
            let of_module = |(known, ..): &&(String, String, String)| known == module;
            match verb {
                "create" => {
                    self.records.push((module.to_owned(), id.clone(), title.clone()));
                    Ok(json!({ "record": { "id": id, "title": title } }))
                }
                "list" => {
                    let found = self.records.iter().filter(of_module);
                    Ok(
                        json!({ "records": found.map(|(_, id, title)| json!({ "id": id, "title": title })).collect::<Vec<_>>() }),
                    )
                }
                "update" if self.records.iter().any(|(_, known, _)| input.get("id") == Some(&json!(known))) => {
                    Ok(json!({ "ok": true }))
                }
                _ => Err(format!("{tool} is not played here")),
            }
        }
    }

    fn live(player: &Scripted, world: &mut World, day: &Day) -> Vec<Exchange> {
        let mut transcript = Vec::new();
        while let Some(call) = player.next_call(day, &transcript).unwrap() {
            let result = world.call(&call);
            transcript.push(Exchange { call, result, latency: Duration::ZERO });
            assert!(transcript.len() < 20, "{} does not stop", day.persona.email);
        }
        transcript
    }

    fn story(player: &Scripted, day: &Day, transcript: &[Exchange]) -> String {
        let mut story = format!("{} on {}\n\n", day.persona.email, day.date);
        for exchange in transcript {
            let input = Value::Object(exchange.call.input.clone());
            story += &format!("{} {input}\n", exchange.call.tool);
            if let Err(message) = &exchange.result {
                story += &format!("  refused: {message}\n");
            }
        }
        let ratings = player.rate(day, transcript, &modules_used(transcript));
        let rows: Vec<Value> = serde_json::from_str(&ratings).unwrap();
        rows.iter().for_each(|row| story += &format!("\n{row}"));
        story + "\n"
    }

    /// The first day of each persona, word for word. `UPDATE_DAYS=1` writes the files anew, for review.
    #[test]
    fn the_first_day_of_each_persona_is_known() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/days");
        let player = Scripted::new(SEED);
        let mut changed = Vec::new();
        for persona in personas() {
            let day = day(&persona, friday());
            let story = story(&player, &day, &live(&player, &mut World::default(), &day));
            let name = persona.email.trim_start_matches("persona.").trim_end_matches("@mana.test").to_owned();
            let path = folder.join(format!("{name}.txt"));
            if std::env::var_os("UPDATE_DAYS").is_some() {
                std::fs::write(&path, &story).unwrap();
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != story {
                changed.push(name);
            }
        }
        assert!(changed.is_empty(), "the days of {changed:?} changed; UPDATE_DAYS=1 writes tests/days anew");
    }

    #[test]
    fn a_day_is_the_same_each_time_and_another_with_another_date_seed_or_person() {
        let tell = |persona: &DuePersona, date, seed| {
            let player = Scripted::new(seed);
            let day = day(persona, date);
            story(&player, &day, &live(&player, &mut World::default(), &day))
        };
        let everybody = personas();
        let first = tell(&everybody[0], friday(), 1);
        assert_eq!(first, tell(&everybody[0], friday(), 1));
        assert_ne!(first, tell(&everybody[0], friday(), 2));
        assert_ne!(first, tell(&everybody[0], friday() + Days::new(1), 1));
        assert_ne!(first, tell(&everybody[1], friday(), 1));
    }

    /// Calls of each module over many days.
    fn calls_by_module(persona: &DuePersona, days: u64) -> BTreeMap<String, usize> {
        let (player, mut world) = (Scripted::new(SEED), World::default());
        let mut calls = BTreeMap::new();
        for n in 0..days {
            let day = day(persona, friday() + Days::new(n));
            let transcript = live(&player, &mut world, &day);
            let name = &persona.email;
            assert!((3..=8).contains(&transcript.len()), "{name} makes {} calls on {}", transcript.len(), day.date);
            for exchange in &transcript {
                *calls.entry(exchange.call.module().to_owned()).or_default() += 1;
            }
        }
        calls
    }

    #[test]
    fn the_modules_get_what_the_mix_gives_them() {
        let expected: [(&str, &[(&str, f64)]); 10] = [
            ("anna", &[("todo", 0.3), ("journal", 0.3), ("notes", 0.2), ("mood", 0.2)]),
            ("ben", &[("todo", 0.4), ("calendar", 0.3), ("journal", 0.2), ("habits", 0.1)]),
            ("marcus", &[("contacts", 0.3), ("calendar", 0.3), ("todo", 0.2), ("articles", 0.2)]),
            ("lena", &[("journal", 0.3), ("contacts", 0.2), ("calendar", 0.2), ("notes", 0.3)]),
            ("sofia", &[("journal", 0.3), ("notes", 0.5), ("mood", 0.2)]),
            ("tom", &[("todo", 0.4), ("calendar", 0.3), ("notes", 0.2), ("habits", 0.1)]),
            ("kai", &[("articles", 0.3), ("notes", 0.5), ("goals", 0.2)]),
            ("julia", &[("articles", 0.4), ("notes", 0.4), ("todo", 0.2)]),
            ("paul", &[("invoices", 0.4), ("contacts", 0.3), ("calendar", 0.3)]),
            ("maya", &[("todo", 0.6), ("journal", 0.4)]),
        ];
        for (persona, (name, shares)) in personas().iter().zip(expected) {
            assert!(persona.email.contains(name));
            let calls = calls_by_module(persona, 120);
            // A look at the spaces comes beside the mix.
            let all: usize = shares.iter().filter_map(|(module, _)| calls.get(*module)).sum();
            for (module, share) in shares {
                let got = *calls.get(*module).unwrap_or(&0) as f64 / all as f64;
                assert!((got - share).abs() < 0.16, "{name} gives {module} {got:.2} instead of {share}: {calls:?}");
            }
        }
    }

    #[test]
    fn a_home_page_is_never_empty() {
        for persona in personas() {
            let (player, day) = (Scripted::new(SEED), day(&persona, friday()));
            let transcript = live(&player, &mut World::default(), &day);
            let made = transcript.iter().filter(|e| e.result.is_ok() && !e.call.tool.ends_with("list")).count();
            assert!(made >= 3, "{} made {made} things", persona.email);
            for (module, ..) in FILLED {
                let likes = persona.module_mix.contains_key(module);
                let creates = transcript.iter().filter(|e| e.result.is_ok() && e.call.module() == module).count();
                assert!(!likes || creates > 0, "{} has nothing in {module}", persona.email);
            }
        }
    }

    #[test]
    fn an_earlier_task_is_ticked_off_and_no_title_is_open_twice() {
        let tom = personas().into_iter().find(|persona| persona.email.contains("tom")).unwrap();
        let (player, mut world) = (Scripted::new(SEED), World::default());
        let mut completed = 0;
        for n in 0..20 {
            let day = day(&tom, friday() + Days::new(n));
            let before: Vec<String> = world.open_tasks.iter().map(|(id, _)| id.clone()).collect();
            for exchange in live(&player, &mut world, &day) {
                if exchange.call.tool == "todo.complete" {
                    let id = exchange.call.input["id"].as_str().unwrap().to_owned();
                    assert!(n == 0 || before.is_empty() || before.contains(&id), "an earlier one first");
                    assert!(exchange.result.is_ok());
                    completed += 1;
                }
            }
        }
        assert!(completed >= 10, "{completed} in twenty days");
        assert!((3..10).contains(&world.open_tasks.len()), "{} are open", world.open_tasks.len());
        let titles: std::collections::BTreeSet<_> = world.open_tasks.iter().map(|(_, title)| title).collect();
        assert_eq!(titles.len(), world.open_tasks.len());
        assert_eq!(world.habits.len(), HABITS_KEPT);
    }

    #[test]
    fn maya_errs_every_day_and_says_what_confused_her() {
        let maya = personas().into_iter().find(|persona| persona.email.contains("maya")).unwrap();
        let (player, mut world) = (Scripted::new(SEED), World::default());
        let mut remarks = std::collections::BTreeSet::new();
        for n in 0..18 {
            let day = day(&maya, friday() + Days::new(n));
            let transcript = live(&player, &mut world, &day);
            let failed: Vec<&Exchange> = transcript.iter().filter(|exchange| exchange.result.is_err()).collect();
            assert_eq!(failed.len(), 1, "{}", day.date);
            let (rating, says) = player.opinion(&day, script_of(&maya), &transcript, failed[0].call.module());
            assert_eq!(rating, 2, "one of several went wrong");
            remarks.insert(says);
        }
        assert_eq!(remarks.len(), 9, "each of her mistakes has its remark");
    }

    #[test]
    fn a_broken_stack_ends_the_day_and_lowers_the_ratings() {
        for persona in personas() {
            let (player, day) = (Scripted::new(SEED), day(&persona, friday()));
            let transcript = live(&player, &mut World { broken: true, ..World::default() }, &day);
            assert!((3..=8).contains(&transcript.len()), "{} tries {} times", persona.email, transcript.len());
            let ratings = player.rate(&day, &transcript, &modules_used(&transcript));
            let rows: Vec<Value> = serde_json::from_str(&ratings).unwrap();
            assert!(rows.iter().all(|row| row["rating"] == 1), "{ratings}");
        }
    }

    #[test]
    fn a_stranger_borrows_the_script_of_its_archetype() {
        let mix: ModuleMix = [("todo".to_owned(), 1.0)].into_iter().collect();
        let eva = persona("persona.eva@mana.test", "freelancer", mix.clone());
        assert_eq!(script_of(&eva).email, "persona.paul@mana.test");
        let player = Scripted::new(SEED);
        let zoe = day(&persona("persona.zoe@mana.test", "astronaut", mix.clone()), friday());
        // Whoever lends the script: it may hold no tasks, and then there is nothing for somebody who likes tasks alone.
        assert!(player.next_call(&zoe, &[]).is_err() || !live(&player, &mut World::default(), &zoe).is_empty());
        let none = Day { tools: Vec::new(), ..day(&eva, friday()) };
        let error = player.next_call(&none, &[]).unwrap_err().to_string();
        assert_eq!(error, "no tool of the gateway fits what persona.eva@mana.test likes");
    }
}
