//! The tables as diesel sees them. Both sets of migrations make exactly these.

diesel::table! {
    meta (name) {
        name -> Text,
        value -> Binary,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        username -> Text,
        email -> Nullable<Text>,
        email_verified -> Bool,
        profile -> Text,
        roles -> Text,
        attributes -> Text,
        state -> Text,
        password_hash -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        name_key -> Text,
    }
}

diesel::table! {
    user_terms (user_id, term) {
        user_id -> Text,
        term -> Text,
    }
}

diesel::table! {
    logins (login_key) {
        login_key -> Text,
        user_id -> Text,
    }
}

diesel::table! {
    groups (name) {
        name -> Text,
        description -> Nullable<Text>,
        roles -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    memberships (group_name, user_id) {
        group_name -> Text,
        user_id -> Text,
        name_key -> Text,
    }
}

diesel::table! {
    browsers (id) {
        id -> Text,
        secret_digest -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (sid) {
        sid -> Text,
        browser_id -> Text,
        user_id -> Text,
        auth_at -> BigInt,
        amr -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        user_agent -> Nullable<Text>,
        address -> Nullable<Text>,
        address_key -> Nullable<Text>,
    }
}

diesel::table! {
    clients (client_id) {
        client_id -> Text,
        metadata -> Text,
        policy -> Text,
        enabled -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
        name_key -> Text,
        public -> Bool,
        first_party -> Bool,
        id_token_alg -> Text,
        access_token_alg -> Text,
    }
}

diesel::table! {
    client_secrets (client_id, id) {
        client_id -> Text,
        id -> Text,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    client_terms (client_id, term) {
        client_id -> Text,
        term -> Text,
    }
}

diesel::table! {
    grants (id) {
        id -> Text,
        client_id -> Text,
        user_id -> Text,
        sid -> Text,
        scope -> Text,
        resources -> Text,
        auth_at -> BigInt,
        amr -> Text,
        nonce -> Nullable<Text>,
        redirect_uri -> Text,
        pkce -> Nullable<Text>,
        code_digest -> Binary,
        code_expires_at -> BigInt,
        code_redeemed_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        created_at -> BigInt,
        claims -> Text,
    }
}

diesel::table! {
    refresh_tokens (digest) {
        digest -> Binary,
        grant_id -> Text,
        generation -> BigInt,
        issued_at -> BigInt,
        spent_at -> Nullable<BigInt>,
        sealed_successor -> Nullable<Binary>,
    }
}

diesel::table! {
    consents (user_id, client_id) {
        user_id -> Text,
        client_id -> Text,
        scope -> Text,
        resources -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    interactions (id) {
        id -> Text,
        body -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    throttles (key) {
        key -> Text,
        count -> BigInt,
        until -> BigInt,
    }
}

diesel::table! {
    keys (kid) {
        kid -> Text,
        alg -> Text,
        state -> Text,
        public_jwk -> Text,
        sealed_private -> Nullable<Binary>,
        published_at -> BigInt,
        activated_at -> Nullable<BigInt>,
        leaves_jwks_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit (seq) {
        seq -> BigInt,
        at -> BigInt,
        event -> Text,
        actor -> Nullable<Text>,
        subject -> Nullable<Text>,
        client_id -> Nullable<Text>,
        detail -> Nullable<Text>,
        way -> Nullable<Text>,
        address -> Nullable<Text>,
        address_key -> Nullable<Binary>,
        outcome -> Nullable<Text>,
        session -> Nullable<Text>,
        correlation_id -> Nullable<Text>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        hash -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_checkpoints (seq) {
        seq -> BigInt,
        at -> BigInt,
        kid -> Text,
        jws -> Text,
    }
}

diesel::table! {
    changes (seq) {
        seq -> BigInt,
        kind -> Text,
        id -> Text,
    }
}

diesel::table! {
    session_clients (sid, client_id) {
        sid -> Text,
        client_id -> Text,
        used_at -> BigInt,
    }
}

diesel::table! {
    client_origins (origin, client_id) {
        origin -> Text,
        client_id -> Text,
    }
}

diesel::table! {
    resources (identifier) {
        identifier -> Text,
        name -> Nullable<Text>,
        scopes -> Text,
        access_token_alg -> Nullable<Text>,
        access_ttl -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    claim_scopes (name) {
        name -> Text,
        description -> Nullable<Text>,
        claims -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    revocations (id, kind) {
        seq -> BigInt,
        kind -> Text,
        id -> Text,
        until -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    logout_notices (id) {
        id -> Text,
        client_id -> Text,
        uri -> Text,
        user_id -> Text,
        sid -> Text,
        created_at -> BigInt,
        attempts -> BigInt,
        due_at -> BigInt,
    }
}

diesel::table! {
    password_resets (token_digest) {
        token_digest -> Binary,
        user_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        spent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    signed_tokens (until, kid, client_id) {
        kid -> Text,
        client_id -> Text,
        until -> BigInt,
        signed -> BigInt,
    }
}

diesel::table! {
    jwks_sightings (client_id) {
        client_id -> Text,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    administrators (kind, id, role) {
        kind -> Text,
        id -> Text,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    setup_links (token_digest) {
        token_digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        spent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    console_sessions (secret_digest) {
        secret_digest -> Binary,
        sid -> Text,
        user_id -> Text,
        auth_at -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    flows (id) {
        id -> Text,
        at -> BigInt,
        endpoint -> Text,
        status -> BigInt,
        client_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        error -> Text,
        foreign_uri -> Nullable<Text>,
        body -> Text,
    }
}

diesel::table! {
    statistics (hour, name, label) {
        hour -> BigInt,
        name -> Text,
        label -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    kept_answers (key_digest) {
        key_digest -> Binary,
        asked_digest -> Binary,
        sealed -> Binary,
        at -> BigInt,
    }
}

diesel::table! {
    /// Which migrations were applied; the name is diesel's, so that its command line can read the database too.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

diesel::joinable!(logins -> users (user_id));
diesel::joinable!(memberships -> groups (group_name));
diesel::joinable!(client_origins -> clients (client_id));
diesel::joinable!(client_secrets -> clients (client_id));
diesel::allow_tables_to_appear_in_same_query!(users, logins);
diesel::allow_tables_to_appear_in_same_query!(groups, memberships);
diesel::allow_tables_to_appear_in_same_query!(grants, refresh_tokens);
diesel::allow_tables_to_appear_in_same_query!(browsers, sessions);
diesel::allow_tables_to_appear_in_same_query!(clients, client_origins);
diesel::allow_tables_to_appear_in_same_query!(clients, client_terms);
diesel::allow_tables_to_appear_in_same_query!(clients, client_secrets);
diesel::allow_tables_to_appear_in_same_query!(clients, flows);
