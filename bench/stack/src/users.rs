//! The users who call: one for each client, signed up and logged in as anybody is.

use anyhow::Context as _;
use bytes::Bytes;
use http::header;
use serde_json::{Value, json};
use stack_api::{auth::SESSION_COOKIE, routes};

use crate::{
    connection::{Connection, get, post},
    mcp,
    services::Services,
};

const PASSWORD: &str = "a password for measuring";

pub(crate) struct User {
    pub(crate) token: String,
    /// The value of the `Cookie` header.
    pub(crate) cookie: String,
    pub(crate) space: String,
    /// The body of a log-in.
    pub(crate) credentials: Bytes,
    /// An open session with the gateway.
    pub(crate) session: String,
}

impl User {
    /// Signs up as many users.
    pub(crate) async fn sign_up_all(services: &Services, count: usize) -> anyhow::Result<Vec<Self>> {
        let mut users = Vec::with_capacity(count);
        for number in 0..count {
            users.push(Self::sign_up(services, number).await.context("signing up a user")?);
        }
        Ok(users)
    }

    async fn sign_up(services: &Services, number: usize) -> anyhow::Result<Self> {
        let auth = &services.auth.url;
        let mut connection = Connection::open(auth).await?;
        let email = format!("client-{number}@bench.test");
        let account = json!({ "email": email, "password": PASSWORD, "name": format!("Client {number}") });
        connection.call(post(auth, routes::REGISTER, None, account.to_string().into())).await?.json()?;
        let credentials = Bytes::from(json!({ "email": email, "password": PASSWORD }).to_string());
        let answer = connection.call(post(auth, routes::LOGIN, None, credentials.clone())).await?;
        let cookies = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let session =
            cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.starts_with(SESSION_COOKIE));
        let cookie = session.context("the log-in set no cookie")?.to_owned();
        let token = text(&answer.json()?["accessToken"])?;
        let bearer = format!("Bearer {token}");
        let spaces = get(auth, routes::ORGANIZATION_LIST, (header::AUTHORIZATION, &bearer));
        let space = text(&connection.call(spaces).await?.json()?[0]["id"])?;
        let session = mcp::open_session(&services.mcp.url, &token).await?;
        Ok(Self { token, cookie, space, credentials, session })
    }
}

fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("a text was expected instead of {value}"))
}
