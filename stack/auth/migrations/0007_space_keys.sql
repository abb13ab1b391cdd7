-- The keys of shared spaces, wrapped under the key-encryption key; and of which space a row of the audit tells.

CREATE TABLE space_keys (
    space_id TEXT NOT NULL PRIMARY KEY REFERENCES spaces (id) ON DELETE CASCADE,
    ciphertext TEXT NOT NULL,
    nonce TEXT NOT NULL,
    kek_id TEXT NOT NULL,
    format_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX space_keys_by_kek ON space_keys (kek_id, space_id);

ALTER TABLE vault_audit ADD COLUMN space_id TEXT;
