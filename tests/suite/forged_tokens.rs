//! Tokens that are not ours, or not what they say, at every door where one may be shown: userinfo, introspection,
//! revocation, the token endpoint, a guarded API, and as the hint of an authorization or a logout.

mod contents;
pub mod forge;
mod signatures;

use forge::Forge;

#[test]
fn what_is_genuine_opens_the_doors() {
    let forge = Forge::new();
    for kind in forge::KINDS {
        let again = forge.signed(&forge.header(kind), &forge.claims(kind).to_string());
        forge.assert_believed(kind, &again);
    }
}
