//! What a scripted persona means to do on a day: how many calls each module gets, and which texts they carry.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde_json::{Map, Value, json};

use super::{
    Day, Exchange, ToolCall,
    content::{Entry, Habit, Mistake, Note, Record, Script, Task},
    dates,
    picker::Picker,
    seen::{Found, Listed, listed, made},
};

/// Calls of a day: from six to eight, where the modules have room for so many.
const CALLS_MIN: usize = 6;
const CALLS_SPREAD: usize = 3;
/// Habits that a persona keeps at most, and takes on at most on one day.
pub(crate) const HABITS_KEPT: usize = 5;
const HABITS_A_DAY: usize = 2;
/// Calls that the other modules get on a day on which habits are taken on.
const CALLS_BESIDE_HABITS: usize = 5;
/// New tasks that an empty list gets, where the day has room for them; fewer for who uses more modules than these.
const NEW_AT_FIRST: usize = 3;
const FEW_MODULES: usize = 3;
/// So many open tasks are many: then more are ticked off than made.
const OPEN_MANY: usize = 6;
/// On one day out of so many a persona looks at its spaces.
const SPACES_EVERY: usize = 3;
const HOUR: u32 = 17;

/// The modules that the script can fill, with the tool that it takes and the most calls it gets on a day; habits that
/// are taken on come on top.
pub(crate) const FILLED: [(&str, &str, usize); 10] = [
    ("todo", "todo.list", 5),
    ("notes", "notes.create", 5),
    ("journal", "journal.add", 3),
    ("habits", "habits.list", 1),
    ("calendar", "calendar.create", 4),
    ("contacts", "contacts.list", 4),
    ("mood", "mood.create", 2),
    ("articles", "articles.list", 5),
    ("goals", "goals.list", 4),
    ("invoices", "invoices.list", 5),
];
/// Of these one of a kind is enough: the list comes first, and what is on it is not made again.
const KEPT: [&str; 4] = ["contacts", "articles", "goals", "invoices"];

/// The day's calls, in their order, as far as they can be known: what follows a list is known once the list is answered.
/// So a plan made later in the day begins with the calls that were made.
pub(crate) fn plan(day: &Day, script: &'static Script, seed: u64, so_far: &[Exchange]) -> Vec<ToolCall> {
    Plan { so_far, ..Plan::new(day, script, seed) }.calls()
}

/// The mistake that the day brings, where the persona makes any.
pub(crate) fn mistake_of(day: &Day, script: &'static Script, seed: u64) -> Option<&'static Mistake> {
    Plan::new(day, script, seed).mistake()
}

struct Plan<'a> {
    day: &'a Day,
    script: &'static Script,
    /// Choices of the day.
    today: Picker,
    /// Choices of the persona's life: the order in which its texts come.
    always: Picker,
    so_far: &'a [Exchange],
}

impl<'a> Plan<'a> {
    fn new(day: &'a Day, script: &'static Script, seed: u64) -> Self {
        let (seed, email, date) = (seed.to_string(), &day.persona.email, day.date.to_string());
        let (today, always) = (Picker::new(&[&seed, email, &date]), Picker::new(&[&seed, email]));
        Self { day, script, today, always, so_far: &[] }
    }

    fn calls(&self) -> Vec<ToolCall> {
        let quotas = self.quotas();
        let quota = |module: &str| quotas.get(module).copied().unwrap_or_default();
        let mut calls = Vec::new();
        if self.looks_at_spaces() {
            calls.push(call("spaces.list", json!({})));
        }
        if quota("habits") > 0 {
            calls.push(call("habits.list", json!({})));
            calls.extend(self.new_habits().into_iter().map(habit_call));
        }
        calls.extend(self.mishap("todo."));
        calls.extend(self.tasks(quota("todo")));
        calls.extend(self.notes(quota("notes")));
        calls.extend(self.mishap("journal."));
        calls.extend(self.entries(quota("journal")));
        for (module, ..) in FILLED.iter().filter(|(module, ..)| self.script.records.contains_key(*module)) {
            calls.extend(self.records(module, quota(module)));
        }
        calls
    }

    /// The mistake's call, where it happens in this module.
    fn mishap(&self, module: &str) -> Option<ToolCall> {
        let mistake = self.mistake().filter(|mistake| mistake.tool.starts_with(module))?;
        Some(ToolCall::new(mistake.tool.clone(), dates::filled(&mistake.input, self.day.date)))
    }

    fn has_tool(&self, name: &str) -> bool {
        self.day.tools.iter().any(|tool| tool.name == name)
    }

    /// Whether the persona never played: then it is keen, and there is nothing yet that it would have to look for.
    fn is_first(&self) -> bool {
        self.day.persona.last_active_at.is_none()
    }

    fn looks_at_spaces(&self) -> bool {
        self.script.looks_at_spaces && self.has_tool("spaces.list") && self.today.pick("spaces", SPACES_EVERY) == 0
    }

    fn mistake(&self) -> Option<&'static Mistake> {
        let possible: Vec<&Mistake> =
            self.script.mistakes.iter().filter(|mistake| self.has_tool(&mistake.tool)).collect();
        let turn = self.texts("mistake", &possible, 1, 1);
        turn.first().map(|mistake| **mistake)
    }

    /// Share of attention of each module that can be filled today, in thousandths. What a persona likes and has no
    /// tool for goes to the module that stands in.
    fn weights(&self) -> BTreeMap<&'static str, usize> {
        let fillable = |module: &str| {
            FILLED.iter().find(|(name, tool, _)| *name == module && self.script.fills(name) && self.has_tool(tool))
        };
        let mut weights = BTreeMap::new();
        for (module, share) in &self.day.persona.module_mix {
            let stand_in = || fillable(self.script.stand_ins.get(module)?);
            if let Some((name, ..)) = fillable(module).or_else(stand_in) {
                *weights.entry(*name).or_insert(0) += (share * 1000.0).round().max(0.0) as usize;
            }
        }
        weights
    }

    /// Calls of each module: its share of the day's calls, rounded up or down by chance; at least one that writes.
    fn quotas(&self) -> BTreeMap<&'static str, usize> {
        let weights = self.weights();
        let mut budget = CALLS_MIN + self.today.pick("calls", CALLS_SPREAD);
        if self.is_first() {
            budget = CALLS_MIN + CALLS_SPREAD - 1;
        }
        budget -= usize::from(self.looks_at_spaces()) + usize::from(self.mistake().is_some());
        if weights.contains_key("habits") && !self.new_habits().is_empty() {
            budget = CALLS_BESIDE_HABITS + 1;
        }
        let mut quotas: BTreeMap<&'static str, usize> = weights.keys().map(|module| (*module, 1)).collect();
        if let Some(tasks) = quotas.get_mut("todo") {
            *tasks = self.least_for_tasks(weights.len()).min((budget + 1).saturating_sub(weights.len()));
        }
        let all: usize = weights.values().sum();
        while quotas.values().sum::<usize>() < budget {
            let room: Vec<&'static str> = FILLED
                .iter()
                .filter(|(name, _, most)| quotas.get(name).is_some_and(|n| n < most))
                .map(|f| f.0)
                .collect();
            // How far each is from its share; when all have theirs, the caps of others left some over.
            let lack = |module: &&str| (weights[*module] * budget).saturating_sub(quotas[*module] * all);
            let lacks: Vec<usize> = room.iter().map(lack).collect();
            let shares: Vec<usize> = room.iter().map(|module| weights[*module]).collect();
            let purpose = format!("quota {}", quotas.values().sum::<usize>());
            let chosen = self.today.weighted(&purpose, &lacks).or_else(|| self.today.weighted(&purpose, &shares));
            let Some(chosen) = chosen else { break };
            *quotas.entry(room[chosen]).or_default() += 1;
        }
        quotas
    }

    /// A look at the list and something to do with it; on an empty list a few new tasks, so that it is one.
    fn least_for_tasks(&self, modules: usize) -> usize {
        match listed(self.so_far, "todo.list") {
            Listed::Records(open) if open.is_empty() => 1 + NEW_AT_FIRST - usize::from(modules > FEW_MODULES),
            _ => 2,
        }
    }

    /// `count` of the texts, beginning where yesterday's turn ended; `stride` is the most that a day may take.
    fn texts<'t, T>(&self, pool: &str, texts: &'t [T], count: usize, stride: usize) -> Vec<&'t T> {
        if texts.is_empty() {
            return Vec::new();
        }
        let order = self.always.shuffled(pool, texts.len());
        let days = usize::try_from(self.day.date.num_days_from_ce()).unwrap_or_default();
        (0..count.min(texts.len())).map(|n| &texts[order[(days * stride + n) % texts.len()]]).collect()
    }

    /// The list comes first; then tasks are made, and some ticked off at the end: one when there is time for it, most
    /// of the calls when many are open.
    fn tasks(&self, quota: usize) -> Vec<ToolCall> {
        if quota == 0 {
            return Vec::new();
        }
        let mut calls = vec![call("todo.list", json!({}))];
        let open = match listed(self.so_far, "todo.list") {
            Listed::NotAsked => return calls,
            Listed::Unknown => Vec::new(),
            Listed::Records(open) => open,
        };
        let rest = quota - 1;
        let ticks = match open.len() {
            OPEN_MANY.. => rest.saturating_sub(1).max(1),
            0 => usize::from(rest > NEW_AT_FIRST),
            _ => usize::from(rest >= 3),
        };
        let is_open = |task: &&Task| open.iter().any(|record| record.title == self.fill(&task.title));
        let all = self.texts("todo", &self.script.todo, self.script.todo.len(), 3);
        let new = all.into_iter().filter(|task| !is_open(task)).take(rest.saturating_sub(ticks));
        calls.extend(new.map(|task| self.task(task)));
        calls.extend(self.ticked_off(open, ticks).into_iter().map(|id| call("todo.complete", json!({ "id": id }))));
        calls
    }

    /// Tasks of earlier days; on a day without any, one of today's when there are several.
    fn ticked_off(&self, mut open: Vec<Found>, count: usize) -> Vec<String> {
        if !self.has_tool("todo.complete") {
            return Vec::new();
        }
        let today = made(self.so_far, "todo.create");
        if open.is_empty() && today.len() >= 2 {
            let chosen = self.today.pick("tick off", today.len());
            return today.into_iter().skip(chosen).take(count.min(1)).map(|record| record.id).collect();
        }
        // Ids differ from one database to another; titles do not.
        open.sort_by(|a, b| a.title.cmp(&b.title));
        let order = self.today.shuffled("tick off", open.len());
        order.into_iter().take(count).map(|index| open[index].id.clone()).collect()
    }

    /// From three calls on, one is a search.
    fn notes(&self, quota: usize) -> Vec<ToolCall> {
        let mut wanted = quota;
        let mut calls = Vec::new();
        if quota >= 3 && self.has_tool("notes.search") && !self.script.searches.is_empty() {
            let query = &self.script.searches[self.today.pick("search", self.script.searches.len())];
            calls.push(call("notes.search", json!({ "query": query })));
            wanted -= 1;
        }
        let notes = self.texts("notes", &self.script.notes, wanted, 4);
        calls.extend(notes.into_iter().map(|note| self.note(note)));
        calls
    }

    /// Those of its habits that the persona lacks, as many as it takes on in a day.
    fn new_habits(&self) -> Vec<&'static Habit> {
        // As long as nobody told which ones there are, none is taken on: it could be there already.
        let Listed::Records(has) = listed(self.so_far, "habits.list") else { return Vec::new() };
        let order = self.always.shuffled("habits", self.script.habits.len());
        let kept = order.iter().take(HABITS_KEPT).map(|index| &self.script.habits[*index]);
        let room = HABITS_KEPT.saturating_sub(has.len()).min(HABITS_A_DAY);
        kept.filter(|habit| has.iter().all(|record| record.title != habit.title)).take(room).collect()
    }

    fn entries(&self, quota: usize) -> Vec<ToolCall> {
        let entries = self.texts("journal", &self.script.journal, quota, 3);
        entries.into_iter().map(|entry| self.entry(entry)).collect()
    }

    /// Records that the script has as inputs of their tools.
    fn records(&self, module: &'static str, quota: usize) -> Vec<ToolCall> {
        let pool = self.script.records.get(module).map(Vec::as_slice).unwrap_or_default();
        if quota == 0 || pool.is_empty() {
            return Vec::new();
        }
        let create =
            |record: &Record| ToolCall::new(format!("{module}.create"), dates::filled(&record.input, self.day.date));
        if self.is_first() || !KEPT.contains(&module) {
            let new = self.texts(module, pool, quota, quota);
            return new.into_iter().map(create).collect();
        }
        let list = format!("{module}.list");
        let mut calls = vec![call(&list, json!({}))];
        let known = match listed(self.so_far, &list) {
            Listed::NotAsked | Listed::Unknown => return calls,
            Listed::Records(known) => known,
        };
        let rest = quota - 1;
        let stored = |record: &Record| known.iter().find(|found| found.title == self.fill(record.title()));
        let (old, new): (Vec<_>, Vec<_>) =
            self.texts(module, pool, pool.len(), 3).into_iter().partition(|record| stored(record).is_some());
        let update = |record: &&Record| {
            let mut input = dates::filled(&record.later, self.day.date);
            input.insert("id".into(), stored(record)?.id.as_str().into());
            (input.len() > 1).then(|| ToolCall::new(format!("{module}.update"), input))
        };
        let changes: Vec<_> = old.iter().filter_map(update).collect();
        // Something new on most days, and then a change where there is time for it.
        let kept_for_changes = usize::from(rest > 1 && !changes.is_empty());
        let made: Vec<_> = new.into_iter().take(rest - kept_for_changes).map(create).collect();
        let left = rest - made.len();
        calls.extend(made);
        calls.extend(changes.into_iter().take(left));
        calls
    }

    fn fill(&self, text: &str) -> String {
        dates::fill(text.trim_end(), self.day.date)
    }

    fn task(&self, task: &Task) -> ToolCall {
        let mut input = Map::new();
        input.insert("title".into(), self.fill(&task.title).into());
        if let Some(description) = &task.description {
            input.insert("description".into(), self.fill(description).into());
        }
        if let Some(priority) = &task.priority {
            input.insert("priority".into(), priority.as_str().into());
        }
        if let Some(days) = task.due {
            input.insert("dueDate".into(), dates::due(self.day.date, days, task.hour.unwrap_or(HOUR)).into());
        }
        ToolCall::new("todo.create", input)
    }

    fn note(&self, note: &Note) -> ToolCall {
        let mut input = Map::new();
        input.insert("title".into(), self.fill(&note.title).into());
        input.insert("content".into(), self.fill(&note.content).into());
        if let Some(color) = &note.color {
            input.insert("color".into(), color.as_str().into());
        }
        if note.pinned {
            input.insert("isPinned".into(), true.into());
        }
        ToolCall::new("notes.create", input)
    }

    fn entry(&self, entry: &Entry) -> ToolCall {
        let mut input = Map::new();
        if let Some(title) = &entry.title {
            input.insert("title".into(), self.fill(title).into());
        }
        input.insert("content".into(), self.fill(&entry.content).into());
        input.insert("entryDate".into(), self.day.date.to_string().into());
        if let Some(mood) = &entry.mood {
            input.insert("mood".into(), mood.as_str().into());
        }
        if !entry.tags.is_empty() {
            input.insert("tags".into(), entry.tags.clone().into());
        }
        ToolCall::new("journal.add", input)
    }
}

fn call(tool: &str, input: Value) -> ToolCall {
    let Value::Object(input) = input else { unreachable!("inputs are written as objects here") };
    ToolCall::new(tool, input)
}

fn habit_call(habit: &Habit) -> ToolCall {
    let mut input = Map::new();
    input.insert("title".into(), habit.title.as_str().into());
    input.insert("icon".into(), habit.icon.as_str().into());
    input.insert("color".into(), habit.color.as_str().into());
    if let Some(per_day) = habit.per_day {
        input.insert("targetPerDay".into(), per_day.into());
    }
    ToolCall::new("habits.create", input)
}
