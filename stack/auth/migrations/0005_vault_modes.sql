-- Vaults that can be zero-knowledge, and rules that an inconsistent one breaks: a vault without a way to its key, or a
-- zero-knowledge one whose key the server could still open, cannot be stored at all.

CREATE TABLE ruled_vaults (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    zero_knowledge BIGINT NOT NULL,
    ciphertext TEXT,
    nonce TEXT,
    kek_id TEXT,
    recovery_wrapped_mk TEXT,
    recovery_iv TEXT,
    recovery_set_at BIGINT,
    format_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT,
    CONSTRAINT vaults_mode CHECK (zero_knowledge IN (0, 1)),
    CONSTRAINT vaults_format CHECK (format_version >= 1),
    -- The server's wrap is whole where the server may open it, and wholly absent where it may not.
    CONSTRAINT vaults_server_wrap CHECK (
        (zero_knowledge = 0 AND ciphertext IS NOT NULL AND nonce IS NOT NULL AND kek_id IS NOT NULL
            AND ciphertext <> '' AND nonce <> '' AND kek_id <> '')
        OR (zero_knowledge = 1 AND ciphertext IS NULL AND nonce IS NULL AND kek_id IS NULL)
    ),
    -- The recovery wrap is whole or absent.
    CONSTRAINT vaults_recovery_wrap CHECK (
        (recovery_wrapped_mk IS NULL AND recovery_iv IS NULL AND recovery_set_at IS NULL)
        OR (recovery_wrapped_mk IS NOT NULL AND recovery_iv IS NOT NULL AND recovery_set_at IS NOT NULL
            AND recovery_wrapped_mk <> '' AND recovery_iv <> '')
    ),
    -- Zero-knowledge without a recovery wrap would lose the key.
    CONSTRAINT vaults_zero_knowledge CHECK (zero_knowledge = 0 OR recovery_wrapped_mk IS NOT NULL)
);

INSERT INTO ruled_vaults (user_id, zero_knowledge, ciphertext, nonce, kek_id, format_version, created_at)
SELECT user_id, 0, ciphertext, nonce, kek_id, format_version, created_at FROM vaults;

DROP TABLE vaults;
ALTER TABLE ruled_vaults RENAME TO vaults;

CREATE INDEX vaults_by_kek ON vaults (kek_id, user_id);
