//! The client of auth.

use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use stack_api::{
    auth::{
        LoginRequest, LoginResponse, RegisterRequest, RegisterResponse, SERVICE_KEY_HEADER, SESSION_COOKIE, Success,
        TokenPair,
    },
    personas::{
        Action, ActionsRequest, ClaimRequest, DueResponse, Feedback, FeedbackRequest, PersonaDeleted, PersonaDetail,
        PersonaList, PersonaMemory, PersonaUpsert, PersonaUpserted, Released, Written,
    },
    routes,
    spaces::{
        AcceptInvitation, ActiveMember, CreateSpace, DeleteSpace, Invitation, InvitationAccepted, InviteMember,
        Organization, SetActive, Space, SpaceCreated,
    },
    vault::{Done, KeyAnswer, RecoveryWrapRequest, VaultKey, ZeroKnowledgeRequest, ZeroKnowledgeSet},
};
use url::Url;

use crate::{ClientError, error::json};

/// A master key, and the tag by which auth knows whether it is still the one.
pub struct TaggedKey {
    /// The key.
    pub key: VaultKey,
    /// None from an auth that knows no tags, as the original.
    pub tag: Option<String>,
}

/// Calls one auth service.
#[derive(Clone)]
pub struct AuthClient {
    http: Client,
    base: Url,
}

impl AuthClient {
    /// A client of the service at this base URL.
    #[must_use]
    pub fn new(base: Url, http: Client) -> Self {
        Self { http, base }
    }

    /// Where the service is.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Makes an account, as anybody does.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn register(&self, account: &RegisterRequest) -> Result<RegisterResponse, ClientError> {
        json(self.send(self.http.post(self.url(routes::REGISTER)).json(account)).await?).await
    }

    /// Logs in; the second value is the `Set-Cookie` headers as they came.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn login(&self, email: &str, password: &str) -> Result<(LoginResponse, Vec<String>), ClientError> {
        let body = LoginRequest { email: email.to_owned(), password: password.to_owned() };
        let answer = self.send(self.http.post(self.url(routes::LOGIN)).json(&body)).await?;
        let cookies = set_cookies(&answer);
        Ok((json(answer).await?, cookies))
    }

    /// Signs in as Better Auth's own client does and gives the `Set-Cookie` headers. The original sets its session
    /// cookie here alone, and refuses callers that look like a browser but name no origin.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn sign_in_email(&self, email: &str, password: &str, origin: &str) -> Result<Vec<String>, ClientError> {
        let body = LoginRequest { email: email.to_owned(), password: password.to_owned() };
        let request = self.http.post(self.url(routes::SIGN_IN_EMAIL)).header(header::ORIGIN, origin).json(&body);
        Ok(set_cookies(&self.send(request).await?))
    }

    /// Ends the session with this token.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn logout(&self, session_cookie: &str) -> Result<Success, ClientError> {
        let cookie = format!("{SESSION_COOKIE}={session_cookie}");
        self.call(self.http.post(self.url(routes::LOGOUT)).header(header::COOKIE, cookie)).await
    }

    /// Ends the session behind this access token.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn end_session(&self, token: &str) -> Result<Success, ClientError> {
        self.call(self.http.post(self.url(routes::LOGOUT)).bearer_auth(token)).await
    }

    /// A fresh access token for this session.
    ///
    /// # Errors
    /// When the service does not answer or the session ended.
    pub async fn refresh(&self, refresh_token: &str) -> Result<TokenPair, ClientError> {
        let body = stack_api::auth::RefreshRequest { refresh_token: refresh_token.to_owned() };
        self.call(self.http.post(self.url(routes::REFRESH)).json(&body)).await
    }

    /// The spaces of the token's bearer.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn spaces(&self, token: &str) -> Result<Vec<Space>, ClientError> {
        self.call(self.http.get(self.url(routes::ORGANIZATION_LIST)).bearer_auth(token)).await
    }

    /// Makes a space that the token's bearer owns.
    ///
    /// # Errors
    /// When the service does not answer or refuses, such as for a slug that is taken.
    pub async fn create_space(&self, token: &str, space: &CreateSpace) -> Result<SpaceCreated, ClientError> {
        self.call(self.http.post(self.url(routes::ORGANIZATION_CREATE)).bearer_auth(token).json(space)).await
    }

    /// Invites somebody into a space.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn invite_member(&self, token: &str, invited: &InviteMember) -> Result<Invitation, ClientError> {
        self.call(self.http.post(self.url(routes::ORGANIZATION_INVITE)).bearer_auth(token).json(invited)).await
    }

    /// Accepts an invitation of the token's bearer.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn accept_invitation(&self, token: &str, id: &str) -> Result<InvitationAccepted, ClientError> {
        let body = AcceptInvitation { invitation_id: id.to_owned() };
        self.call(self.http.post(self.url(routes::ORGANIZATION_ACCEPT)).bearer_auth(token).json(&body)).await
    }

    /// Puts the session behind the token in a space, or in none.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn set_active_space(
        &self,
        token: &str,
        space: Option<&str>,
    ) -> Result<Option<Organization>, ClientError> {
        let body = SetActive { organization_id: Some(space.map(str::to_owned)), organization_slug: None };
        self.call(self.http.post(self.url(routes::ORGANIZATION_SET_ACTIVE)).bearer_auth(token).json(&body)).await
    }

    /// The bearer's membership of the space that the session behind the token is in.
    ///
    /// # Errors
    /// When the service does not answer or the session is in no space.
    pub async fn active_member(&self, token: &str) -> Result<ActiveMember, ClientError> {
        self.call(self.http.get(self.url(routes::ORGANIZATION_ACTIVE_MEMBER)).bearer_auth(token)).await
    }

    /// Deletes a space with all it holds; for its owners.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn delete_space(&self, token: &str, space: &str) -> Result<Organization, ClientError> {
        let body = DeleteSpace { organization_id: space.to_owned() };
        self.call(self.http.post(self.url(routes::ORGANIZATION_DELETE)).bearer_auth(token).json(&body)).await
    }

    /// The master key of the token's bearer; the vault is made when there is none.
    ///
    /// # Errors
    /// When the service does not answer, refuses, or keeps no usable key (zero-knowledge).
    pub async fn master_key(&self, token: &str) -> Result<VaultKey, ClientError> {
        Ok(self.tagged_key(token).await?.key)
    }

    /// As [`AuthClient::master_key`], with the key's tag.
    ///
    /// # Errors
    /// As [`AuthClient::master_key`].
    pub async fn tagged_key(&self, token: &str) -> Result<TaggedKey, ClientError> {
        match self.fetch_key(self.http.get(self.url(routes::VAULT_KEY)).bearer_auth(token)).await {
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => {
                self.fetch_key(self.http.post(self.url(routes::VAULT_INIT)).bearer_auth(token)).await
            }
            answer => answer,
        }
    }

    /// The master key of the token's bearer, unless it is still the one with this tag.
    ///
    /// # Errors
    /// As [`AuthClient::master_key`].
    pub async fn key_unless(&self, token: &str, tag: &str) -> Result<Option<TaggedKey>, ClientError> {
        self.fetch_unless(self.url(routes::VAULT_KEY), token, tag).await
    }

    /// The key of a shared space that the token's bearer is a member of. The original has no such route and answers 404.
    ///
    /// # Errors
    /// When the service does not answer, refuses, or the bearer keeps no key with it (zero-knowledge).
    pub async fn space_key(&self, token: &str, space: &str) -> Result<TaggedKey, ClientError> {
        let url = self.url(&routes::fill(routes::VAULT_SPACE_KEY, space));
        let answer = self.fetch_key(self.http.get(url.clone()).bearer_auth(token)).await;
        answer.map_err(|error| zero_knowledge(error, url))
    }

    /// As [`AuthClient::space_key`], unless it is still the one with this tag.
    ///
    /// # Errors
    /// As [`AuthClient::space_key`].
    pub async fn space_key_unless(
        &self,
        token: &str,
        space: &str,
        tag: &str,
    ) -> Result<Option<TaggedKey>, ClientError> {
        let url = self.url(&routes::fill(routes::VAULT_SPACE_KEY, space));
        self.fetch_unless(url.clone(), token, tag).await.map_err(|error| zero_knowledge(error, url))
    }

    async fn fetch_unless(&self, url: Url, token: &str, tag: &str) -> Result<Option<TaggedKey>, ClientError> {
        let request = self.http.get(url).header(header::IF_NONE_MATCH, tag);
        match self.fetch_key(request.bearer_auth(token)).await {
            Err(error) if error.status() == Some(StatusCode::NOT_MODIFIED) => Ok(None),
            answer => answer.map(Some),
        }
    }

    async fn fetch_key(&self, request: RequestBuilder) -> Result<TaggedKey, ClientError> {
        let answer = self.send(request).await?;
        let url = answer.url().clone();
        let tag = answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        match json(answer).await? {
            KeyAnswer::Usable(key) => Ok(TaggedKey { key, tag }),
            KeyAnswer::Locked(_) => Err(ClientError::ZeroKnowledge { url }),
        }
    }

    /// A new master key for the token's bearer; what the old one encrypted is lost to who does not have it.
    ///
    /// # Errors
    /// When the service does not answer or the vault is in zero-knowledge mode.
    pub async fn rotate_key(&self, token: &str) -> Result<VaultKey, ClientError> {
        self.call(self.http.post(self.url(routes::VAULT_ROTATE)).bearer_auth(token)).await
    }

    /// Stores what the bearer's recovery code opens.
    ///
    /// # Errors
    /// When the service does not answer or the vault is in zero-knowledge mode.
    pub async fn set_recovery_wrap(&self, token: &str, wrap: &RecoveryWrapRequest) -> Result<Done, ClientError> {
        self.call(self.http.post(self.url(routes::VAULT_RECOVERY_WRAP)).bearer_auth(token).json(wrap)).await
    }

    /// Forgets what the bearer's recovery code opens.
    ///
    /// # Errors
    /// When the service does not answer or the vault is in zero-knowledge mode.
    pub async fn clear_recovery_wrap(&self, token: &str) -> Result<Done, ClientError> {
        self.call(self.http.delete(self.url(routes::VAULT_RECOVERY_WRAP)).bearer_auth(token)).await
    }

    /// Puts the bearer's vault in zero-knowledge mode or out of it.
    ///
    /// # Errors
    /// When the service does not answer or refuses, such as where no recovery wrap is set.
    pub async fn set_zero_knowledge(
        &self,
        token: &str,
        mode: &ZeroKnowledgeRequest,
    ) -> Result<ZeroKnowledgeSet, ClientError> {
        self.call(self.http.post(self.url(routes::VAULT_ZERO_KNOWLEDGE)).bearer_auth(token).json(mode)).await
    }

    /// Creates or updates a persona; for admins.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn upsert_persona(&self, admin: &str, persona: &PersonaUpsert) -> Result<PersonaUpserted, ClientError> {
        self.call(self.http.post(self.url(routes::ADMIN_PERSONAS)).bearer_auth(admin).json(persona)).await
    }

    /// All personas; for admins.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn personas(&self, admin: &str) -> Result<PersonaList, ClientError> {
        self.call(self.http.get(self.url(routes::ADMIN_PERSONAS)).bearer_auth(admin)).await
    }

    /// One persona with its last actions and its ratings; for admins.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn persona(&self, admin: &str, id: &str) -> Result<PersonaDetail, ClientError> {
        self.call(self.http.get(self.url(&routes::fill(routes::ADMIN_PERSONA, id))).bearer_auth(admin)).await
    }

    /// Deletes a persona with all it has; for admins.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn delete_persona(&self, admin: &str, id: &str) -> Result<PersonaDeleted, ClientError> {
        self.call(self.http.delete(self.url(&routes::fill(routes::ADMIN_PERSONA, id))).bearer_auth(admin)).await
    }

    /// Personas whose day has come; for services.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn due_personas(&self, key: &SecretString) -> Result<DueResponse, ClientError> {
        self.call(with_key(self.http.get(self.url(routes::INTERNAL_DUE)), key)).await
    }

    /// Due personas for this runner alone; for services. `None` where the service knows no claims, as the original.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn claim_personas(
        &self,
        key: &SecretString,
        claim: &ClaimRequest,
    ) -> Result<Option<DueResponse>, ClientError> {
        match self.call(with_key(self.http.post(self.url(routes::INTERNAL_CLAIMS)), key).json(claim)).await {
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Ends what a runner still claims; for services.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn release_personas(&self, key: &SecretString, runner: &str) -> Result<Released, ClientError> {
        let url = self.url(&routes::fill(routes::INTERNAL_CLAIM, runner));
        self.call(with_key(self.http.delete(url), key)).await
    }

    /// What a persona did and thought lately; for services. Where the service has no such route, nothing.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn persona_memory(&self, key: &SecretString, persona_id: &str) -> Result<PersonaMemory, ClientError> {
        let url = self.url(&routes::fill(routes::INTERNAL_MEMORY, persona_id));
        match self.call(with_key(self.http.get(url), key)).await {
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(PersonaMemory::default()),
            answer => answer,
        }
    }

    /// Stores a tick's tool calls; for services.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn post_actions(
        &self,
        key: &SecretString,
        persona_id: &str,
        actions: Vec<Action>,
    ) -> Result<Written, ClientError> {
        let url = self.url(&routes::fill(routes::INTERNAL_ACTIONS, persona_id));
        self.call(with_key(self.http.post(url), key).json(&ActionsRequest { actions })).await
    }

    /// Stores a tick's ratings; for services.
    ///
    /// # Errors
    /// When the service does not answer or refuses.
    pub async fn post_feedback(
        &self,
        key: &SecretString,
        persona_id: &str,
        feedback: Vec<Feedback>,
    ) -> Result<Written, ClientError> {
        let url = self.url(&routes::fill(routes::INTERNAL_FEEDBACK, persona_id));
        self.call(with_key(self.http.post(url), key).json(&FeedbackRequest { feedback })).await
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("routes are absolute paths")
    }

    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        json(self.send(request).await?).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        crate::error::send(&self.base, request).await
    }
}

/// A space's key is refused with 409 to who keeps no key with the server.
fn zero_knowledge(error: ClientError, url: Url) -> ClientError {
    if error.status() == Some(StatusCode::CONFLICT) { ClientError::ZeroKnowledge { url } } else { error }
}

fn with_key(request: RequestBuilder, key: &SecretString) -> RequestBuilder {
    request.header(SERVICE_KEY_HEADER, key.expose_secret())
}

fn set_cookies(answer: &Response) -> Vec<String> {
    let values = answer.headers().get_all(header::SET_COOKIE);
    values.iter().filter_map(|value| value.to_str().ok()).map(str::to_owned).collect()
}
