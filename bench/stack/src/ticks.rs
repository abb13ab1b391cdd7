//! Ticks: so many personas play their day, one scripted day each.

use std::{fmt, fs, process::Stdio, time::Duration};

use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::Value;
use stack_api::routes;

use crate::{
    connection::{Connection, post},
    services::Services,
    targets::TICK_GROWTH,
};

/// A tick and what it took.
#[derive(Serialize)]
pub(crate) struct Tick {
    database: &'static str,
    personas: usize,
    seconds: f64,
    ms_a_persona: f64,
    runner_peak_mib: Option<f64>,
    gateway_peak_mib: Option<f64>,
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { database, personas, seconds, ms_a_persona, runner_peak_mib, gateway_peak_mib } = self;
        write!(
            f,
            "{database:<10} a tick of {personas:>5} personas: {seconds:>6.1} s, {ms_a_persona:>5.1} ms a persona"
        )?;
        let mib = |peak: &Option<f64>| peak.map_or("?".to_owned(), |mib| format!("{mib:.1}"));
        write!(f, "; peak MiB: runner {}, gateway {}", mib(runner_peak_mib), mib(gateway_peak_mib))
    }
}

/// A tick of many personas beside one of few: how many times its memory, and its time for each.
#[derive(Serialize)]
pub(crate) struct Growth {
    database: &'static str,
    runner_memory: Option<f64>,
    time_a_persona: f64,
    met: bool,
}

impl Growth {
    pub(crate) fn of(few: &Tick, many: &Tick) -> Self {
        let runner_memory = few.runner_peak_mib.zip(many.runner_peak_mib).map(|(few, many)| many / few);
        let time_a_persona = many.ms_a_persona / few.ms_a_persona;
        let met = time_a_persona <= TICK_GROWTH && runner_memory.is_some_and(|times| times <= TICK_GROWTH);
        Self { database: many.database, runner_memory, time_a_persona, met }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { database, runner_memory, time_a_persona, met } = self;
        let memory = runner_memory.map_or("?".to_owned(), |times| format!("{times:.2}"));
        let met = if *met { "met" } else { "MISSED" };
        write!(
            f,
            "{database:<10} many beside few: {memory} × the runner's memory, {time_a_persona:.2} × the time a persona"
        )?;
        write!(f, "; at most {TICK_GROWTH} ×, {met}")
    }
}

/// Makes personas who never played, and lets them play.
pub(crate) async fn play(services: &Services, database: &'static str, personas: usize) -> anyhow::Result<Tick> {
    seed(services, personas)?;
    let runner = &services.runner.url;
    let mut connection = Connection::open(runner).await?;
    let report = connection.call(post(runner, routes::DIAG_TICK, None, bytes::Bytes::new())).await?.json()?;
    let played = report["ranSuccessfully"].as_u64().unwrap_or_default();
    if played != personas as u64 {
        bail!("{played} of {personas} personas played: {}", report["failed"]);
    }
    let calls_fail = |day: &&Value| day["errors"].as_u64() != Some(0);
    if let Some(day) = report["days"].as_array().into_iter().flatten().find(calls_fail) {
        bail!("a tool call of a persona failed: {day}");
    }
    let ms = report["durationMs"].as_u64().context("the report tells no time")?;
    Ok(Tick {
        database,
        personas,
        seconds: Duration::from_millis(ms).as_secs_f64(),
        ms_a_persona: ms as f64 / personas as f64,
        runner_peak_mib: services.runner.peak_mib(),
        gateway_peak_mib: services.mcp.peak_mib(),
    })
}

fn seed(services: &Services, personas: usize) -> anyhow::Result<()> {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().context("cannot make a catalogue")?;
    let entry = |number: usize| {
        format!(
            "[[persona]]\nname = \"P{personas}-{number}\"\narchetype = \"solo-dev\"\n\
             email = \"persona.p{personas}-{number}@mana.test\"\ncadence = \"daily\"\n\
             mix = {{ todo = 0.4, notes = 0.3, journal = 0.2, habits = 0.1 }}\n\
             prompt = \"Wer hier spielt, tut es nach einem festen Drehbuch.\"\n\n"
        )
    };
    fs::write(file.path(), (0..personas).map(entry).collect::<String>()).context("cannot write a catalogue")?;
    let mut command = services.command(&["personas", "seed"]);
    let output = command.arg("--catalogue").arg(file.path()).stdin(Stdio::null()).output();
    let output = output.context("cannot run the stack program")?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("seeding failed ({}): {}", output.status, String::from_utf8_lossy(&said));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_of_many_takes_no_more_memory_and_no_more_time_for_each() {
        let tick = |personas, ms_a_persona, mib| Tick {
            database: "SQLite",
            personas,
            seconds: 0.0,
            ms_a_persona,
            runner_peak_mib: mib,
            gateway_peak_mib: None,
        };
        let few = tick(10, 20.0, Some(40.0));
        let met = |ms, mib| Growth::of(&few, &tick(1000, ms, mib)).met;
        assert!(met(25.0, Some(50.0)));
        assert!(!met(25.1, Some(50.0)) && !met(25.0, Some(50.1)));
        assert!(!met(25.0, None), "what is not known is not met");
    }
}
