//! Signing in, and how it fails: nothing filled in, no address, a wrong password, nobody there.

use fixtures::{
    pages::SIGN_IN,
    test_ids::{EMAIL, PASSWORD, SIGN_IN_ERROR, SUBMIT},
};
use harness_run::{Flow, Mask, Step};

use crate::{
    acting::{press, see_words_in, the, write},
    addresses::Addresses,
    personas::VISITOR,
};

pub(crate) fn flows(addresses: &Addresses) -> Vec<Flow> {
    let page = |name| Step::at(SIGN_IN.path, name);
    let sent = || [press(SUBMIT), see_words_in(SIGN_IN_ERROR)];
    let filled = |email: &str| [write(email, EMAIL), write("nicht-das-passwort", PASSWORD)];
    // Too many wrong guesses lock an address, so each run has one of its own, which its pictures do not show.
    let nobody = format!("niemand.{}@mana.test", addresses.run);
    vec![
        Flow::named("sign-in")
            .seen_by_visitors([VISITOR])
            .step(page("form"))
            .step(page("nothing-filled-in").after(sent()))
            .step(page("no-address").after(filled("ohne-klammeraffe")).after(sent()))
            .step(page("wrong-password").masking(Mask::new(the(EMAIL))).after(filled(&nobody)).after(sent()))
            .step(page("nobody-there").cut_off_from([&addresses.auth]).after(filled("jemand@mana.test")).after(sent())),
    ]
}
