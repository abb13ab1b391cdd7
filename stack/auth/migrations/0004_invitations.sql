-- Invitations into spaces. An accepted one stays, as the proof of how somebody came in; it goes with its space.

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    space_id TEXT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted')),
    inviter_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Nobody waits twice before one door, even when two members invite at the same moment.
CREATE UNIQUE INDEX invitations_open ON invitations (space_id, email) WHERE status = 'pending';
CREATE INDEX invitations_of_email ON invitations (email);
CREATE INDEX invitations_of_inviter ON invitations (inviter_id);
CREATE INDEX sessions_of_active_space ON sessions (active_space_id);
