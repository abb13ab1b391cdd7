//! Spaces: Better Auth's organizations with a `type`. Shapes and error codes are those of its `organization` plugin.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a space is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpaceType {
    /// The one that every account has and cannot delete.
    Personal,
    /// A brand or small business.
    Brand,
    /// A club.
    Club,
    /// A family.
    Family,
    /// A team.
    Team,
    /// A practice of one's own.
    Practice,
}

impl SpaceType {
    /// Every type, in the order in which error messages list them.
    pub const ALL: [Self; 6] = [Self::Personal, Self::Brand, Self::Club, Self::Family, Self::Team, Self::Practice];

    /// The word stored in the database and sent on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Brand => "brand",
            Self::Club => "club",
            Self::Family => "family",
            Self::Team => "team",
            Self::Practice => "practice",
        }
    }

    /// The type with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|space_type| space_type.as_str() == word)
    }
}

/// What a member may do in a space. Ordered: each may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpaceRole {
    /// Reads and writes what the space holds.
    Member,
    /// Invites members and admins too.
    Admin,
    /// Invites owners and deletes the space too.
    Owner,
}

impl SpaceRole {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    /// The word stored in the database and sent on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether this role invites at all.
    #[must_use]
    pub fn may_invite(self) -> bool {
        self >= Self::Admin
    }

    /// Whether this role invites somebody as `role`: nobody makes another more than oneself.
    #[must_use]
    pub fn may_invite_as(self, role: Self) -> bool {
        self.may_invite() && self >= role
    }

    /// Whether this role deletes the space.
    #[must_use]
    pub fn may_delete(self) -> bool {
        self == Self::Owner
    }
}

/// What Better Auth keeps in an organization's `metadata`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SpaceMetadata {
    /// What the space is for.
    #[serde(rename = "type")]
    pub space_type: SpaceType,
    /// Plan of the space.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tier: Option<String>,
}

/// One row of `GET /api/auth/organization/list`: a space the caller is a member of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Space {
    /// Opaque id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Unique word for URLs.
    pub slug: String,
    /// Picture URL.
    pub logo: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Type and plan.
    pub metadata: SpaceMetadata,
    /// The caller's role in it: `owner`, `admin` or `member`.
    pub role: String,
}

/// A space as it is, whoever looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Opaque id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Unique word for URLs.
    pub slug: String,
    /// Picture URL.
    pub logo: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Type and plan.
    pub metadata: SpaceMetadata,
}

/// Somebody's membership of a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Opaque id.
    pub id: String,
    /// Which space.
    pub organization_id: String,
    /// Who.
    pub user_id: String,
    /// As what.
    pub role: SpaceRole,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// `POST /api/auth/organization/create`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateSpace {
    /// Display name.
    pub name: String,
    /// Unique word for URLs.
    pub slug: String,
    /// Picture URL.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub logo: Option<String>,
    /// `{"type":…}`; looked at by hand, so that a missing or unknown type has an error code of its own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub metadata: Option<serde_json::Value>,
    /// Whether the caller's session stays in the space it is in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keep_current_active_organization: Option<bool>,
}

/// The answer of `create`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SpaceCreated {
    /// The space.
    #[serde(flatten)]
    pub organization: Organization,
    /// Its one member: the caller.
    pub members: Vec<Member>,
}

/// `POST /api/auth/organization/invite-member`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteMember {
    /// Who is invited; compared without case.
    #[schemars(email)]
    pub email: String,
    /// As what: one word, or a list of one.
    pub role: RoleWords,
    /// Into which space; that of the caller's session when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub organization_id: Option<String>,
    /// Prolongs an open invitation instead of refusing a second one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resend: Option<bool>,
}

/// A role as clients write it: a word or a list of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RoleWords {
    /// `"member"`.
    One(String),
    /// `["member"]`.
    Many(Vec<String>),
}

impl RoleWords {
    /// The one role that is meant; the unknown or superfluous words when there is none such.
    ///
    /// # Errors
    /// When the words name no role, or more than one.
    pub fn role(&self) -> Result<SpaceRole, String> {
        match self {
            Self::One(word) => SpaceRole::from_word(word).ok_or_else(|| word.clone()),
            Self::Many(words) => match words.as_slice() {
                [word] => SpaceRole::from_word(word).ok_or_else(|| word.clone()),
                words => Err(words.join(", ")),
            },
        }
    }
}

/// How far an invitation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum InvitationStatus {
    /// It waits.
    Pending,
    /// The invited one is a member now.
    Accepted,
}

impl InvitationStatus {
    /// The word stored in the database and sent on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
        }
    }
}

/// An invitation: the answer of `invite-member`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Opaque id; who knows it and owns the e-mail may accept.
    pub id: String,
    /// Into which space.
    pub organization_id: String,
    /// Who is invited, lower case.
    pub email: String,
    /// As what.
    pub role: SpaceRole,
    /// Whether it waits or was accepted.
    pub status: InvitationStatus,
    /// Who invited.
    pub inviter_id: String,
    /// Until when it may be accepted.
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// `POST /api/auth/organization/accept-invitation`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceptInvitation {
    /// Which one.
    pub invitation_id: String,
}

/// The answer of `accept-invitation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvitationAccepted {
    /// The invitation as it is now.
    pub invitation: Invitation,
    /// The new membership.
    pub member: Member,
}

/// `POST /api/auth/organization/set-active`; answered with the space, or `null` when none is chosen.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetActive {
    /// Which space. `Some(None)`, on the wire `null`, chooses none; absent asks for the one that is chosen.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    pub organization_id: Option<Option<String>>,
    /// Which space, by its slug; looked at when there is no id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub organization_slug: Option<String>,
}

/// Tells `null` from absent.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// `POST /api/auth/organization/delete`; answered with the space that was deleted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteSpace {
    /// Which space.
    pub organization_id: String,
}

/// The answer of `GET /api/auth/organization/get-active-member`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActiveMember {
    /// The caller's membership of the session's space.
    #[serde(flatten)]
    pub member: Member,
    /// Who the caller is.
    pub user: MemberUser,
}

/// A member as the other members see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberUser {
    /// Opaque id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// E-mail, lower case.
    pub email: String,
    /// Avatar URL.
    pub image: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_its_place_says() {
        use SpaceRole::{Admin, Member, Owner};
        for (role, invites, deletes) in [(Member, vec![], false), (Admin, vec![Member, Admin], false)] {
            let may: Vec<_> = SpaceRole::ALL.into_iter().filter(|as_role| role.may_invite_as(*as_role)).collect();
            assert_eq!((may, role.may_delete()), (invites.clone(), deletes), "{role:?}");
            assert_eq!(role.may_invite(), !invites.is_empty());
        }
        assert!(SpaceRole::ALL.into_iter().all(|role| Owner.may_invite_as(role)) && Owner.may_delete());
    }

    #[test]
    fn a_role_is_one_word_or_a_list_of_one() {
        let read = |json: &str| serde_json::from_str::<RoleWords>(json).unwrap().role();
        assert_eq!(read(r#""admin""#), Ok(SpaceRole::Admin));
        assert_eq!(read(r#"["owner"]"#), Ok(SpaceRole::Owner));
        assert_eq!(read(r#""boss""#), Err("boss".to_owned()));
        assert_eq!(read(r#"["owner","member"]"#), Err("owner, member".to_owned()));
        assert_eq!(read("[]"), Err(String::new()));
    }

    #[test]
    fn choosing_no_space_is_told_from_not_choosing() {
        let read = |json: &str| serde_json::from_str::<SetActive>(json).unwrap().organization_id;
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"organizationId":null}"#), Some(None));
        assert_eq!(read(r#"{"organizationId":"x"}"#), Some(Some("x".to_owned())));
    }
}
