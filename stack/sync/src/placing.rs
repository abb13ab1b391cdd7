//! To which record a change belongs.
//!
//! Clients choose the ids of records, so an id alone names nothing: two users may both have a record `settings`, and a
//! stranger may guess an id. A record is therefore named by its id *within a scope*: a space, or what is a user's alone.
//! A change can only ever reach a record in a scope that its author may see, and nobody learns from an answer whether an
//! id exists elsewhere.

use std::fmt;

use stack_http::Principal;

/// A space, or what is one user's alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Scope(String);

const SPACE: &str = "s:";
const USER: &str = "u:";

impl Scope {
    pub(crate) fn space(id: &str) -> Self {
        Self(format!("{SPACE}{id}"))
    }

    pub(crate) fn user(id: &str) -> Self {
        Self(format!("{USER}{id}"))
    }

    /// As it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The space's id, unless this is a user's own scope.
    pub(crate) fn space_id(&self) -> Option<&str> {
        self.0.strip_prefix(SPACE)
    }
}

/// The scopes a caller may see: its own and its spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reach {
    own: Scope,
    all: Vec<Scope>,
}

impl Reach {
    pub(crate) fn new<'a>(user_id: &str, space_ids: impl IntoIterator<Item = &'a str>) -> Self {
        let own = Scope::user(user_id);
        let mut spaces: Vec<Scope> = space_ids.into_iter().map(Scope::space).collect();
        spaces.sort();
        spaces.dedup();
        Self { all: [own.clone()].into_iter().chain(spaces).collect(), own }
    }

    pub(crate) fn scopes(&self) -> &[Scope] {
        &self.all
    }

    /// The caller, as the database is told.
    pub(crate) fn principal(&self) -> Principal<'_> {
        let id = self.own.0.strip_prefix(USER).expect("the own scope is made of the user's id");
        Principal::User { id, spaces: self.all.iter().filter_map(Scope::space_id).collect() }
    }

    pub(crate) fn holds(&self, scope: &Scope) -> bool {
        self.all.contains(scope)
    }
}

/// Why a change was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// The author is no member of the space it names.
    NotAMember { space_id: String },
    /// The author sees a record of this id, but not where the change says.
    Elsewhere { record_id: String },
    /// Several spaces have a record of this id and the change names none.
    Ambiguous { record_id: String },
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAMember { space_id } => write!(f, "not a member of space {space_id:?}"),
            Self::Elsewhere { record_id } => write!(f, "record {record_id:?} belongs to another space"),
            Self::Ambiguous { record_id } => {
                write!(f, "record {record_id:?} is in several spaces; name one as spaceId")
            }
        }
    }
}

/// The scope of a change of `record_id`, where `holders` are the scopes in reach that have a record of this id.
///
/// A change that names a space goes there, unless the caller sees the record somewhere else: records do not move. One
/// that names none goes to the caller's own record or, failing that, to the one space that has it, so that a client that
/// edits a shared record need not repeat its space; a new record is the caller's alone.
pub(crate) fn place<'a>(
    reach: &'a Reach,
    named: Option<&str>,
    record_id: &str,
    holders: &[&'a Scope],
) -> Result<&'a Scope, Misplaced> {
    let record_id = || record_id.to_owned();
    match (named, holders) {
        (Some(space_id), _) => {
            let space = reach.all.iter().find(|scope| scope.space_id() == Some(space_id));
            let space = space.ok_or_else(|| Misplaced::NotAMember { space_id: space_id.to_owned() })?;
            if holders.is_empty() || holders.contains(&space) {
                Ok(space)
            } else {
                Err(Misplaced::Elsewhere { record_id: record_id() })
            }
        }
        (None, []) => Ok(&reach.own),
        (None, _) if holders.contains(&&reach.own) => Ok(&reach.own),
        (None, [only]) => Ok(only),
        (None, _) => Err(Misplaced::Ambiguous { record_id: record_id() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_goes_where_its_author_may_write() {
        let reach = Reach::new("anna", ["family", "team"]);
        let (own, family, team) = (Scope::user("anna"), Scope::space("family"), Scope::space("team"));
        let check = |named: Option<&str>, holders: &[&Scope], expected: Result<&Scope, &str>| {
            let placed = place(&reach, named, "r1", holders);
            assert_eq!(placed.map_err(|misplaced| misplaced.to_string()), expected.map_err(str::to_owned));
        };
        check(None, &[], Ok(&own));
        check(None, &[&own], Ok(&own));
        check(None, &[&family], Ok(&family));
        check(None, &[&own, &family], Ok(&own));
        check(None, &[&family, &team], Err("record \"r1\" is in several spaces; name one as spaceId"));
        check(Some("family"), &[], Ok(&family));
        check(Some("family"), &[&family, &own], Ok(&family));
        check(Some("family"), &[&own], Err("record \"r1\" belongs to another space"));
        check(Some("family"), &[&team], Err("record \"r1\" belongs to another space"));
        check(Some("club"), &[], Err("not a member of space \"club\""));
        check(Some("anna"), &[], Err("not a member of space \"anna\""));
    }

    #[test]
    fn a_space_is_never_taken_for_a_user() {
        assert_ne!(Scope::space("u:anna"), Scope::user("anna"));
        assert_ne!(Scope::space("anna"), Scope::user("anna"));
        assert_eq!(Scope::space("x").space_id(), Some("x"));
        assert_eq!(Scope::user("s:x").space_id(), None);
    }
}
