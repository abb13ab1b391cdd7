//! The review in a terminal, group by group: what happened, on which pictures, accept or refuse.

use std::io::{self, BufRead, Write};

use harness_model::SnapshotKey;

use crate::{ApproveError, Desk, Outcome, graphics::Graphics};

/// Names shown of one group.
const KEYS_SHOWN: usize = 8;

const HELP: &str = "  a  accept: the new pictures become baselines   (a REASON keeps the reason beside them)
  r  refuse: the baselines stay                  (r REASON)
  s  skip
  o  one by one: ask for each picture of the group
  l  list all pictures of the group
  u  undo the last answer
  q  quit; what was decided stays decided
";

/// What somebody answered.
enum Answer {
    Accept(String),
    Refuse(String),
    Skip,
    OneByOne,
    List,
    Undo,
    Quit,
    Unknown,
}

impl Answer {
    fn read(line: &str) -> Self {
        let (word, reason) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let reason = reason.trim().to_owned();
        match word {
            "a" | "accept" => Self::Accept(reason),
            "r" | "refuse" => Self::Refuse(reason),
            "s" | "skip" => Self::Skip,
            "o" => Self::OneByOne,
            "l" | "list" => Self::List,
            "u" | "undo" => Self::Undo,
            "q" | "quit" => Self::Quit,
            _ => Self::Unknown,
        }
    }
}

/// What is asked about: a group, or one picture of it.
#[derive(Clone)]
struct Question {
    group: usize,
    keys: Vec<SnapshotKey>,
}

/// Asks about every group that has undecided pictures, and shows the first of them where the terminal can.
///
/// # Errors
/// When a file cannot be read or written. An end of the input is a `q`.
pub fn review(
    desk: &mut Desk,
    input: impl BufRead,
    mut output: impl Write,
    graphics: Graphics,
) -> Result<(), ApproveError> {
    let said = |source| ApproveError::File { action: "talk to", path: "the terminal".into(), source };
    let mut lines = input.lines();
    let mut questions: Vec<Question> = (1..=desk.groups().len())
        .rev()
        .map(|group| Ok(Question { group, keys: desk.in_group(group)? }))
        .collect::<Result<_, ApproveError>>()?;
    let mut answered: Vec<Question> = Vec::new();
    while let Some(question) = questions.pop() {
        if question.keys.is_empty() {
            continue;
        }
        ask(desk, &question, &mut output, graphics).map_err(said)?;
        let line = match lines.next() {
            Some(line) => line.map_err(said)?,
            None => {
                writeln!(output).map_err(said)?;
                "q".to_owned()
            }
        };
        match Answer::read(&line) {
            Answer::Accept(reason) => {
                let outcome = desk.accept(&question.keys, &reason)?;
                tell(&mut output, "accepted", &outcome).map_err(said)?;
                if !outcome.done.is_empty() {
                    answered.push(question);
                }
            }
            Answer::Refuse(reason) => {
                let outcome = desk.refuse(&question.keys, &reason)?;
                tell(&mut output, "refused", &outcome).map_err(said)?;
                if !outcome.done.is_empty() {
                    answered.push(question);
                }
            }
            Answer::Skip => {}
            Answer::OneByOne => {
                let group = question.group;
                questions.extend(question.keys.into_iter().rev().map(|key| Question { group, keys: vec![key] }));
            }
            Answer::List => {
                for key in &question.keys {
                    writeln!(output, "  {key}").map_err(said)?;
                }
                questions.push(question);
            }
            Answer::Undo => {
                let outcome = desk.undo()?;
                tell(&mut output, "taken back", &outcome).map_err(said)?;
                questions.push(question);
                questions.extend(answered.pop());
            }
            Answer::Quit => {
                questions.push(question);
                break;
            }
            Answer::Unknown => {
                write!(output, "{HELP}").map_err(said)?;
                questions.push(question);
            }
        }
    }
    let open = desk.open_pictures().count();
    let (accepted, refused) = crate::desk::counts(desk);
    writeln!(output, "{accepted} accepted, {refused} refused, {open} still to look at").map_err(said)
}

fn ask(desk: &Desk, question: &Question, output: &mut impl Write, graphics: Graphics) -> io::Result<()> {
    let group = &desk.groups()[question.group - 1];
    writeln!(output, "\ngroup {} of {}: {}", question.group, desk.groups().len(), shown(&group.what))?;
    writeln!(output, "  {}", group.extent)?;
    for key in question.keys.iter().take(KEYS_SHOWN) {
        let picture = desk.run().pictures.iter().find(|picture| picture.key == *key);
        let actual = picture.and_then(|picture| picture.images.actual.as_ref());
        let file = actual.map(|file| desk.folder().join(file).display().to_string()).unwrap_or_default();
        writeln!(output, "  {key}  {}", shown(&file))?;
    }
    let first = question.keys.first().and_then(|key| desk.run().pictures.iter().find(|picture| picture.key == *key));
    if let Some(first) = first {
        graphics.show(output, first, |path| desk.file(Some(path)))?;
    }
    if let Some(more @ 1..) = question.keys.len().checked_sub(KEYS_SHOWN) {
        writeln!(output, "  and {more} more (l lists them)")?;
    }
    write!(output, "accept, refuse, skip, one by one, list, undo, quit? [a/r/s/o/l/u/q] ")?;
    output.flush()
}

/// `text` so that it cannot steer the terminal.
fn shown(text: &str) -> String {
    reports_render::visible(text)
}

/// Says what came of an answer.
///
/// # Errors
/// When it cannot be written.
pub fn tell(output: &mut impl Write, done: &str, outcome: &Outcome) -> io::Result<()> {
    match outcome.done.as_slice() {
        [] => writeln!(output, "nothing {done}")?,
        [only] => writeln!(output, "{done}: {only}")?,
        many => writeln!(output, "{done}: {} pictures", many.len())?,
    }
    for (key, why) in &outcome.left {
        writeln!(output, "left as it is: {key}: {why}")?;
    }
    Ok(())
}
