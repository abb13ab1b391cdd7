-- Accounts and what proves who somebody is. Times are milliseconds since 1970; truth values are 0 and 1.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    image TEXT,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    access_tier TEXT NOT NULL,
    email_verified BIGINT NOT NULL,
    onboarding_completed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE spaces (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    logo TEXT,
    space_type TEXT NOT NULL,
    tier TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE members (
    space_id TEXT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (space_id, user_id)
);

CREATE INDEX members_of_user ON members (user_id);

-- The token itself is never stored: who reads this table cannot take a session over.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    active_space_id TEXT REFERENCES spaces (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_of_user ON sessions (user_id, expires_at);

-- Kept by e-mail and not by account, so that unknown e-mails lock like known ones.
CREATE TABLE login_failures (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    failed_at BIGINT NOT NULL
);

CREATE INDEX login_failures_of_email ON login_failures (email, failed_at);
CREATE INDEX login_failures_by_time ON login_failures (failed_at);

-- Two processes that start at once on an empty database agree on the key of a generation by its primary key.
CREATE TABLE signing_keys (
    generation BIGINT NOT NULL PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    ciphertext TEXT NOT NULL,
    nonce TEXT NOT NULL,
    kek_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
