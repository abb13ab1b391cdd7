//! Who looks: the personas of the catalogue, as viewers.

use fixtures::{Catalogue, Persona};

/// All ten.
pub(crate) fn everyone() -> Vec<String> {
    names(|_| true)
}

/// Those whose life this module is part of.
pub(crate) fn who_likes(module: &str) -> Vec<String> {
    names(|persona| persona.likes(module))
}

fn names(chosen: impl Fn(&Persona) -> bool) -> Vec<String> {
    Catalogue::embedded().personas().iter().filter(|persona| chosen(persona)).map(Persona::slug).collect()
}
