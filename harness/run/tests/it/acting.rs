//! Flows that act, viewers who come in other ways than by a log-in once a run, and what is for some of them alone.

use harness_run::{PictureReport, VerdictName};

use crate::{
    BUDGET, FLOWS,
    app::{App, told},
};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("what_a_newcomer_changes_nobody_else_sees", newcomers),
        ("a_visitor_has_no_log_in", visitors),
        ("what_is_cut_off_for_one_picture_is_back_for_the_next", cut_off),
        ("what_is_for_one_viewer_alone_is_a_leak_on_the_page_of_another", leak),
        ("baselines_over_the_budget_are_refused_and_named", budget),
    ]
}

/// A list that the browser keeps for each user, a sign for whoever is in, and a control for each name in `RULES`.
const PAGE: &str = "<input id=text><ul id=items></ul><script>
    const user = (document.cookie.match(/user=(\\w+)/) ?? [])[1];
    const box = (id, colour) => document.body.insertAdjacentHTML('beforeend',
        `<i id=${id} style='display:block;width:90px;height:90px;background:${colour}'></i>`);
    const show = () => { items.innerHTML = (localStorage.items ?? '').split(',').filter(Boolean).map((item) =>
        `<li><b class='${item.endsWith('!') ? 'done' : ''}' style='display:inline-block;width:50px;height:50px;background:${
            item.endsWith('!') ? '#0a0' : '#aaa'}'></b>${item}</li>`).join(''); };
    const set = (list) => { localStorage.items = list; show(); };
    document.getElementById('text').addEventListener('keydown', ({ key, target }) => key === 'Enter' && set(`${localStorage.items ?? ''},${target.value}`));
    items.addEventListener('click', () => set(`${localStorage.items}!`));
    show();
    box('who', user === undefined ? '#fff' : '#00a');
    if ('RULES'.split(' ').includes(user)) box('rule', '#a00');
    fetch('/service').then(() => box('reached', '#0aa'), () => box('cut', '#aa0'));
    addEventListener('offline', () => box('offline', '#a0a'));</script>";

fn app(rules: &str) -> App {
    App::new(&PAGE.replace("RULES", rules))
}

/// Takes these pictures twice, and gives what the second run found of each: it must find what the first one saw.
fn twice(app: &App, filter: &str) -> Vec<PictureReport> {
    let run = |update: &str| {
        let run = app.suite().env(FLOWS, "acting").env("UPDATE_SNAPSHOTS", update).arg(filter).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        app.report().pictures
    };
    run("missing");
    run("")
}

fn fingerprints(pictures: &[PictureReport]) -> Vec<(&str, &str)> {
    let of = |picture: &'_ PictureReport| picture.fingerprint.clone().unwrap();
    assert!(pictures.iter().all(|picture| picture.verdict == VerdictName::Identical), "{pictures:?}");
    assert!(pictures.iter().all(|picture| !of(picture).is_empty()));
    pictures.iter().map(|picture| (picture.key.step(), picture.fingerprint.as_deref().unwrap())).collect()
}

/// Three pictures of one story, each with an account and a browser of its own: none sees what another wrote.
fn newcomers() {
    let app = app("nobody");
    let pictures = twice(&app, "list/");
    let seen = fingerprints(&pictures);
    assert_eq!(seen.iter().map(|(step, _)| *step).collect::<Vec<_>>(), ["done", "empty", "one"]);
    assert!(seen[0].1 != seen[1].1 && seen[1].1 != seen[2].1 && seen[0].1 != seen[2].1, "{seen:?}");
    let viewports: Vec<_> = app.report().environment.viewports.into_iter().map(|viewport| viewport.name).collect();
    assert_eq!(viewports, ["desktop", "tablet"]);
}

fn visitors() {
    let app = app("nobody");
    let door = twice(&app, "door/");
    let shown = fingerprints(&door)[0].1.to_owned();
    let list = twice(&app, "list/empty");
    assert_ne!(fingerprints(&list)[0].1, shown, "nora is in, the visitor is not");
}

fn cut_off() {
    let app = app("nobody");
    let pictures = twice(&app, "away/");
    let seen = fingerprints(&pictures);
    let [back, cut, offline] = seen[..] else { panic!("{seen:?}") };
    assert!(back.1 != cut.1 && back.1 != offline.1 && cut.1 != offline.1, "{seen:?}");
}

fn leak() {
    let open = app("anna");
    let pictures = twice(&open, "rule/");
    assert_eq!(pictures.len(), 2);
    assert_eq!(open.report().viewers.len(), 0, "nothing is known about anna and ben");

    open.shows(&PAGE.replace("RULES", "anna ben"));
    for update in ["", "all"] {
        let run = open.suite().env(FLOWS, "acting").env("UPDATE_SNAPSHOTS", update).arg("rule/").output().unwrap();
        assert_eq!(run.status.code(), Some(102), "{}", told(&run));
        assert!(
            told(&run).contains("leak: `#rule` is for anna alone, and another viewer's page holds it"),
            "{}",
            told(&run)
        );
        let report = open.report();
        assert_eq!((report.summary.leak, report.summary.total), (1, 2));
        let ben = &report.pictures[1];
        assert_eq!((ben.key.viewer(), ben.verdict, ben.accepted), ("ben", VerdictName::Leak, false));
        assert!(ben.images.diff.is_some(), "the report shows where it is");
    }

    open.shows(&PAGE.replace("RULES", "nobody"));
    let run = open.suite().env(FLOWS, "acting").arg("rule/").output().unwrap();
    assert_eq!(run.status.code(), Some(101), "{}", told(&run));
    assert!(told(&run).contains("error: `#rule` is meant for anna and is not on this page"), "{}", told(&run));
}

fn budget() {
    let app = App::new("<p>page</p>");
    let run = |budget: &str| app.suite().env("UPDATE_SNAPSHOTS", "missing").env(BUDGET, budget).output().unwrap();
    let first = run("1000000");
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    assert!(
        told(&first).contains("2 baselines take 0.0 MiB of 1.0 MiB, the largest 0.0 MiB of 1.0 MiB (page/whole/guest-"),
        "{}",
        told(&first)
    );
    assert_eq!(app.report().viewers["guest"], "looks at everything");
    let over = run("10");
    assert_eq!(over.status.code(), Some(2), "{}", told(&over));
    assert!(told(&over).contains("error: the baseline page/whole/guest-"), "{}", told(&over));
    assert!(told(&over).contains("; the budget is 0.0 MiB\nhelp: "), "{}", told(&over));
}
