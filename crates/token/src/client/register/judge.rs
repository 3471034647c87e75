//! The question registration asks about URLs this provider itself will send to. Who answers knows the network's rules;
//! here only the question is owned.

/// Judges URLs that a client registers for the provider to fetch or call: `backchannel_logout_uri`, `jwks_uri`,
/// `sector_identifier_uri`. Links for people's browsers are none of its business.
pub trait JudgeUrl {
    /// Whether the URL could ever be fetched, told without asking the network.
    ///
    /// # Errors
    /// Why not, as the end of a sentence about the URL, such as `uses http; only https is fetched`.
    fn judge(&self, url: &str) -> Result<(), String>;
}
