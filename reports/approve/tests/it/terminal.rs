//! The review in a terminal, answer by answer.

use std::io::Cursor;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reports_approve::{graphics::Graphics, terminal::review};

use crate::run::{ANNA, BEN, KAI, NEW, NEW_GREY, OLD_GREY, Run};

/// What is said when these lines are typed.
fn typed(run: &Run, lines: &str) -> String {
    shown(run, lines, Graphics::None)
}

fn shown(run: &Run, lines: &str, graphics: Graphics) -> String {
    let mut said = Vec::new();
    review(&mut run.desk(), lines.as_bytes(), &mut said, graphics).unwrap();
    String::from_utf8(said).unwrap()
}

#[test]
fn each_group_is_asked_about_and_answered() {
    let run = Run::new();
    let said = typed(&run, "s\na the new blue\nr a row is gone\naccept\n");
    assert!(
        said.contains("group 2 of 4: p: colour red → blue\n  2 pictures, anna and ben, desktop only, home only\n"),
        "{said}"
    );
    assert!(said.contains("accepted: 2 pictures") && said.contains(&format!("refused: {KAI}")), "{said}");
    assert!(said.ends_with("3 accepted, 1 refused, 1 still to look at\n"), "{said}");
    assert_eq!(
        [ANNA, BEN, KAI, NEW].map(|name| run.grey(name)),
        [Some(NEW_GREY), Some(NEW_GREY), Some(OLD_GREY), Some(NEW_GREY)]
    );
    assert_eq!(typed(&run, "q\n").matches("group ").count(), 1, "what was decided is not asked again");
}

#[test]
fn an_answer_can_be_taken_back_and_is_asked_again() {
    let run = Run::new();
    let before = run.baselines();
    let said = typed(&run, "s\na\nu\n");
    assert_eq!(said.matches("group 2 of 4").count(), 2, "{said}");
    assert!(said.ends_with("0 accepted, 0 refused, 5 still to look at\n"), "{said}");
    assert_eq!(run.baselines(), before);
}

#[test]
fn a_group_can_be_gone_through_one_by_one() {
    let run = Run::new();
    let said = typed(&run, "s\no\na\ns\nq\n");
    assert!(said.contains(&format!("accepted: {ANNA}")), "{said}");
    assert_eq!((run.grey(ANNA), run.grey(BEN)), (Some(NEW_GREY), Some(OLD_GREY)));
}

#[test]
fn what_may_not_be_accepted_says_why_and_nonsense_gets_help() {
    let run = Run::new();
    let said = typed(&run, "what\nl\na\n");
    assert!(said.contains("accept: the new pictures become baselines"), "{said}");
    assert!(said.contains("left as it is: todo/list/ben-desktop: its page was never shown to have settled"), "{said}");
    assert_eq!(typed(&run, "").lines().last(), Some("0 accepted, 0 refused, 5 still to look at"));
}

#[test]
fn words_of_an_app_do_not_steer_the_terminal() {
    let run = Run::new();
    run.forge(KAI, |picture| picture["causes"][0]["text"] = "\u{1b}[2J\u{202e}gone\r".into());
    let said = typed(&run, "s\ns\nl\nq\n");
    assert!(said.contains("\\u{1b}[2J\\u{202e}gone\\r") || said.contains("\\u{1b}[2J\\u{202e}gone\\u{d}"), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{202e}', '\r']), "{said:?}");
}

#[test]
fn the_spot_that_changed_is_shown_before_and_after_where_the_terminal_can() {
    let run = Run::new();
    let said = shown(&run, "s\ns\nq\n", Graphics::Kitty);
    let group = said.split("group 2 of 4").nth(1).unwrap().split("accept, refuse").next().unwrap();
    let data = group.split("m=0;").nth(1).unwrap().split('\x1b').next().unwrap();
    let png = BASE64_STANDARD.decode(data).unwrap();
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    let last = (info.width as usize - 1) * 3;
    assert_eq!((samples[0], samples[last]), (OLD_GREY, NEW_GREY), "before on the left, after on the right");
    assert!(shown(&run, "s\ns\nq\n", Graphics::Iterm).contains("\x1b]1337;File=inline=1;"));
    assert!(!typed(&run, "s\ns\nq\n").contains('\x1b'), "elsewhere nothing but text");
}
