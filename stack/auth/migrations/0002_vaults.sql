-- Master keys, wrapped under the key-encryption key, and who asked for them.

CREATE TABLE vaults (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    ciphertext TEXT NOT NULL,
    nonce TEXT NOT NULL,
    kek_id TEXT NOT NULL,
    format_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE vault_audit (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX vault_audit_of_user ON vault_audit (user_id, created_at);
