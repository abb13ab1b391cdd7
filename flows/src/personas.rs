//! Who looks: the personas of the catalogue, as viewers; a newcomer, who has just signed up; and a visitor, who has not.

use fixtures::{Catalogue, Persona, PersonaSpace};

/// Has just signed up, with an account of her own for each picture: what a flow changes, it changes there.
pub(crate) const NEWCOMER: &str = "nora";
/// Has no account.
pub(crate) const VISITOR: &str = "visitor";
/// None of those who look is an administrator.
pub(crate) const ADMINISTRATORS: [&str; 0] = [];

/// All ten.
pub(crate) fn everyone() -> Vec<String> {
    names(|_| true)
}

/// Those whose life this module is part of.
pub(crate) fn who_likes(module: &str) -> Vec<String> {
    names(|persona| persona.likes(module))
}

/// Those who lead a space besides their own: of two who share one, the first in the catalogue made it.
pub(crate) fn who_lead_a_space() -> Vec<String> {
    let catalogue = Catalogue::embedded();
    let place = |name: &str| catalogue.personas().iter().position(|persona| persona.name == name);
    names(|persona| match &persona.space {
        None => false,
        Some(PersonaSpace::Own { .. }) => true,
        Some(PersonaSpace::Shared { with, .. }) => place(&persona.name) < place(with),
    })
}

fn names(chosen: impl Fn(&Persona) -> bool) -> Vec<String> {
    Catalogue::embedded().personas().iter().filter(|persona| chosen(persona)).map(Persona::slug).collect()
}
