//! Access tokens: signed here, checked here and, against the keys served at the JWKS addresses, everywhere else.

use std::sync::Arc;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    jwk::{AlgorithmParameters, Jwk as JwkDocument, ThumbprintHash},
};
use stack_api::auth::{ACCESS_TOKEN_SECONDS, AUDIENCE, Claims, Jwk, Jwks};
use stack_crypto::{Keyring, MasterKey};
use stack_http::{CheckedTokens, Clock, Database, LEEWAY, TokenError};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    AuthError,
    tables::{
        millis, moment,
        sessions::SessionRow,
        signing_keys::{self, SigningKeyRow},
        users::UserRow,
    },
};

/// Signs and checks access tokens.
pub(crate) struct Signer {
    /// Oldest first; the last signs. Never empty.
    keys: Vec<SigningKey>,
    issuer: String,
    clock: Clock,
    /// Tokens that these keys signed; they stay as long as this does.
    checked: CheckedTokens<Claims>,
}

struct SigningKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    jwk: Jwk,
}

impl Signer {
    /// Loads the keys from the database; makes the first one when there is none.
    pub(crate) async fn load(db: &Database, keys: &Keyring, public_url: &Url, clock: Clock) -> Result<Self, AuthError> {
        let query = |doing| move |source| AuthError::Query { doing, source };
        let mut rows = signing_keys::all(db.pool()).await.map_err(query("read the signing keys"))?;
        if rows.is_empty() {
            let row = new_row(keys)?;
            let now = moment(millis(clock.now())).map_err(query("read the clock"))?;
            let mut tx = db.write().await.map_err(query("store the signing key"))?;
            signing_keys::insert_if_first(tx.connection(), &row, now).await.map_err(query("store the signing key"))?;
            tx.commit().await.map_err(query("store the signing key"))?;
            rows = signing_keys::all(db.pool()).await.map_err(query("read the signing keys"))?;
        }
        let issuer = public_url.as_str().trim_end_matches('/').to_owned();
        let keys = rows.iter().map(|row| open_row(row, keys)).collect::<Result<_, _>>()?;
        Ok(Self { keys, issuer, clock, checked: CheckedTokens::default() })
    }

    /// A token for this user's session.
    pub(crate) fn issue(&self, user: &UserRow, session: &SessionRow) -> Result<String, jsonwebtoken::errors::Error> {
        let now = self.clock.now().timestamp();
        let claims = Claims {
            iat: now,
            sub: user.id.clone(),
            email: user.email.clone(),
            role: user.role.clone(),
            sid: session.id.clone(),
            tier: user.access_tier.clone(),
            exp: now + ACCESS_TOKEN_SECONDS,
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
        };
        let key = self.keys.last().expect("a signer has at least one key");
        let header = Header { kid: Some(key.jwk.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.encoding)
    }

    /// The claims of a token that this service signed and whose time is not over. Its session may have ended.
    pub(crate) fn verify(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        let now = self.clock.now().timestamp();
        let claims = match self.checked.get(token) {
            Some(claims) => claims,
            None => {
                let claims = Arc::new(self.signed(token)?);
                self.checked.keep(token, Arc::clone(&claims), claims.exp, now);
                claims
            }
        };
        if claims.exp <= now {
            return Err(TokenError::Expired);
        }
        // Another process of ours may have issued it, by a clock that is a little ahead.
        if claims.iat - LEEWAY > now { Err(TokenError::NotYetValid) } else { Ok(claims) }
    }

    /// Checks everything about a token but its time.
    fn signed(&self, token: &str) -> Result<Claims, TokenError> {
        let malformed = |e: jsonwebtoken::errors::Error| TokenError::Malformed(e.to_string());
        let head = jsonwebtoken::decode_header(token).map_err(malformed)?;
        let kid = head.kid.ok_or_else(|| TokenError::Malformed("no key id".to_owned()))?;
        let key = self.keys.iter().find(|key| key.jwk.kid == kid).ok_or(TokenError::UnknownKey)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.issuer]);
        // The time is checked each time, against the stack's clock instead of the system's.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &rules);
        Ok(claims.map_err(|e| TokenError::Invalid(e.to_string()))?.claims)
    }

    /// The public keys.
    pub(crate) fn jwks(&self) -> Jwks {
        Jwks { keys: self.keys.iter().map(|key| key.jwk.clone()).collect() }
    }
}

/// The name under which a signing key is wrapped; no user's id looks like it.
pub(crate) fn wrap_name(kid: &str) -> String {
    format!("signing-key:{kid}")
}

fn new_row(keys: &Keyring) -> Result<SigningKeyRow, AuthError> {
    let seed = MasterKey::generate();
    let kid = SigningKey::from_seed(&seed)?.jwk.kid;
    let wrapped = keys.wrap(&seed, &wrap_name(&kid));
    Ok(SigningKeyRow { generation: 1, kid, wrapped, kek_id: keys.id() })
}

fn open_row(row: &SigningKeyRow, keys: &Keyring) -> Result<SigningKey, AuthError> {
    let seed = keys.unwrap(&row.wrapped, &wrap_name(&row.kid)).map_err(|source| AuthError::SigningKey {
        kid: row.kid.clone(),
        wrapped_by: row.kek_id.clone(),
        kek: keys.ids(),
        source,
    })?;
    SigningKey::from_seed(&seed)
}

impl SigningKey {
    fn from_seed(seed: &MasterKey) -> Result<Self, AuthError> {
        let unusable = |what: String| AuthError::Signer(what);
        let seed = Zeroizing::new(STANDARD.decode(&*seed.to_base64()).map_err(|e| unusable(e.to_string()))?);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|e| unusable(e.to_string()))?;
        let document = pair.to_pkcs8v1().map_err(|e| unusable(e.to_string()))?;
        let encoding = EncodingKey::from_ed_der(document.as_ref());
        let public =
            JwkDocument::from_encoding_key(&encoding, Algorithm::EdDSA).map_err(|e| unusable(e.to_string()))?;
        let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(|e| unusable(e.to_string()))?;
        let AlgorithmParameters::OctetKeyPair(parameters) = public.algorithm else {
            return Err(unusable("it is no Ed25519 key".to_owned()));
        };
        let decoding = DecodingKey::from_ed_components(&parameters.x).map_err(|e| unusable(e.to_string()))?;
        let jwk = Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: parameters.x,
            kid,
            alg: "EdDSA".to_owned(),
            key_use: "sig".to_owned(),
        };
        Ok(Self { encoding, decoding, jwk })
    }
}
