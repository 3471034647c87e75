//! Verifies Signet's access tokens in somebody else's API.
